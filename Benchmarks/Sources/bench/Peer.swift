/// An engine that is measured. All run in one network namespace of their own, with files of their own.
protocol Peer: AnyObject {
  /// As in the table: `muster`, `docker`.
  var name: String { get }
  /// Program versions, for the table's heading.
  var version: String { get throws }
  /// `up`, `down`, … of the stack in a directory.
  func compose(_ arguments: [String], in directory: String) throws -> Outcome
  /// Starts one container from `busybox`, on a network or with none, waits for its end and removes it.
  func runOnce(onBridge: Bool, in directory: String) throws -> Outcome
  func start() throws
  func stop() throws
  /// Ends the engine, not the containers, and starts it again; seconds until it answers.
  func restartEngine() throws -> Double
  func importImage(_ tar: String) throws
  /// Names, as in `/proc/PID/comm`, of the engine's own processes and of those that stand by a container.
  var engineProcesses: Set<String> { get }
  var containerProcesses: Set<String> { get }
}

extension Peer {
  @discardableResult
  func compose(_ arguments: String..., in directory: String) throws -> Outcome { try compose(arguments, in: directory) }
}
