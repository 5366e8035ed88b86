/// An engine that is measured. All run in one network namespace of their own, with files of their own.
protocol Peer: AnyObject {
  /// As in the table: `muster`, `docker`.
  var name: String { get }
  /// Program versions, for the table's heading.
  var version: String { get throws }
  /// How to run `up`, `down`, … of the stack in a directory.
  func compose(_ arguments: [String], in directory: String) -> Command
  /// Starts one container from `busybox`, on a network or with none, waits for its end and removes it.
  func runOnce(onBridge: Bool, in directory: String) -> Command
  func start() throws
  func stop() throws
  /// Ends the engine, not the containers, and starts it again; seconds until it answers.
  func restartEngine() throws -> Double

  /// Makes an image of a file system in a tar file.
  func importImage(_ archive: String, as reference: String) -> Command
  /// Takes in an image that `docker save` wrote.
  func loadImage(_ archive: String) -> Command
  func removeImage(_ reference: String) -> Command
  func pull(_ reference: String) -> Command
  func push(_ reference: String) -> Command
  /// A second name for an image.
  func tag(_ reference: String, as other: String) -> Command
  /// Whether there is an image of that name.
  func hasImage(_ reference: String) throws -> Bool

  /// Names, as in `/proc/PID/comm`, of the engine's own processes and of those that stand by a container.
  var engineProcesses: Set<String> { get }
  var containerProcesses: Set<String> { get }
}

extension Peer {
  @discardableResult
  func compose(_ arguments: String..., in directory: String) throws -> Outcome { try compose(arguments, in: directory).run() }
}
