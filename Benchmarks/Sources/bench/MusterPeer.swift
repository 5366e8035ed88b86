import Foundation

/// The release programs of this tree.
final class MusterPeer: Peer {
  let name = "muster"
  let engineProcesses: Set = ["musterd"]
  let containerProcesses: Set = ["muster-shim"]
  private let programs: String
  private let root: String
  private var environment: [String: String] { ["MUSTER_ROOT": root] }

  init(programs: String, root: String) {
    self.programs = programs
    self.root = root
  }

  var version: String { get throws { try muster(["version", "--short"]).output.trimmingCharacters(in: .whitespacesAndNewlines) } }

  private func muster(_ arguments: [String], in directory: String = "/") throws -> Outcome {
    try run([programs + "/muster"] + arguments, environment: environment, directory: directory)
  }

  func compose(_ arguments: [String], in directory: String) throws -> Outcome { try muster(arguments, in: directory) }

  func runOnce(onBridge: Bool, in directory: String) throws -> Outcome {
    try muster(["run", "--rm", "-T", onBridge ? "bridged" : "alone", "true"], in: directory)
  }

  func start() throws { _ = try muster(["ls"]) }

  func stop() throws {
    for pid in Memory.processes(engineProcesses) { kill(pid, SIGTERM) }
    try eventually { if !Memory.processes(engineProcesses).isEmpty { throw Failure("musterd does not end") } }
  }

  func restartEngine() throws -> Double {
    try stop()
    return try muster(["ls"]).seconds
  }

  func importImage(_ tar: String) throws { _ = try muster(["image", "import", tar, "busybox:latest"]) }
}
