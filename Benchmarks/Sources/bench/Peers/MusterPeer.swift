import Foundation

/// The release programs of this tree.
final class MusterPeer: Peer {
  let name = "muster"
  let engineProcesses: Set = ["musterd"]
  let containerProcesses: Set = ["muster-shim"]
  private let programs: String
  private let root: String

  /// The OCI runtime.
  var runtime: String { programs + "/muster-oci" }

  static func root(in base: String) -> String { base + "/m" }

  init(programs: String, base: String) {
    self.programs = programs
    root = MusterPeer.root(in: base)
  }

  var version: String {
    get throws { try muster(["version", "--short"]).run().output.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  func muster(_ arguments: [String], in directory: String = "/") -> Command {
    Command([programs + "/muster"] + arguments, environment: ["MUSTER_ROOT": root], directory: directory)
  }

  func compose(_ arguments: [String], in directory: String) -> Command { muster(arguments, in: directory) }

  func runOnce(onBridge: Bool, in directory: String) -> Command {
    muster(["run", "--rm", "-T", onBridge ? "bridged" : "alone", "true"], in: directory)
  }

  func start() throws { try muster(["ls"]).run() }

  func stop() throws {
    for pid in Memory.processes(engineProcesses) { kill(pid, SIGTERM) }
    try eventually { if !Memory.processes(engineProcesses).isEmpty { throw Failure("musterd does not end") } }
  }

  func restartEngine() throws -> Double {
    try stop()
    return try muster(["ls"]).run().seconds
  }

  func importImage(_ archive: String, as reference: String) -> Command { muster(["image", "import", archive, reference]) }
  func loadImage(_ archive: String) -> Command { muster(["image", "import", archive]) }
  func removeImage(_ reference: String) -> Command { muster(["image", "rm", "-f", reference]) }
  func pull(_ reference: String) -> Command { muster(["image", "pull", reference]) }
  func push(_ reference: String) -> Command { muster(["image", "push", reference]) }
  func tag(_ reference: String, as other: String) -> Command { muster(["image", "tag", reference, other]) }

  func hasImage(_ reference: String) throws -> Bool {
    try muster(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]).run().output.split(separator: "\n").contains { $0 == reference }
  }
}
