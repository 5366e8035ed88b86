import LinuxKit
import SystemPackage

/// `delete`: removes what is left of a container; `--force` ends it before.
func deleteCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(switches: ["force"], short: ["f": "force"]), command: "delete")
  try words.expect(1, "delete")
  let id = try words.id("delete")
  let container: Container
  do {
    container = try Container.find(root: call.root, id: id)
  } catch let failure as Failure where words.has("force") && failure.description.contains("does not exist") {
    // What a `create` that was killed at its very beginning has left.
    try removeTree(FilePath(call.root + "/" + id))
    return 0
  }
  let lock = try container.lock()
  defer { withExtendedLifetime(lock) {} }
  switch container.status() {
  case .running, .paused, .creating:
    if !words.has("force") { throw Failure("cannot delete container \(id) that is not stopped: \(container.status().rawValue)") }
  case .created, .stopped: break
  }
  container.destroy(try? container.configuration(), journal: call.journal)
  return 0
}
