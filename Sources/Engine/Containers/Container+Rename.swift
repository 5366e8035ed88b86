import Backend
import Networking
import Reconciler
import StackModel

extension Container {
  /// Gives it another name, under which it is also found on its networks.
  func rename(to name: String) async throws {
    try checkContainerName(name)
    try await engine.containerGate.alone(on: id) { try await self.renameAlone(to: name) }
  }

  private func renameAlone(to name: String) async throws {
    let old = spec
    guard old.name != name else { throw EngineError(.invalid, "Renaming a container with the same name as its current name") }
    guard await engine.containers.rename(id, to: name) else {
      throw nameIsTaken(name, by: await engine.containers.find(name: name)?.id)
    }
    var new = old
    new.name = name
    change(spec: new)
    do {
      try await persist()
    } catch {
      change(spec: old)
      _ = await engine.containers.rename(id, to: old.name)
      throw error
    }
    if !record.endpoints.isEmpty { await engine.networking.setNames(names(record.endpoints)) }
    announce(.renamed(from: old.name))
  }
}

/// Two containers cannot have one name.
func nameIsTaken(_ name: String, by owner: ContainerID?) -> EngineError {
  EngineError(
    .conflict, "the container name \"\(name)\" is already in use by container \(owner?.short ?? "")",
    hint: "remove or rename that one, or choose another name")
}

/// Docker's: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
func checkContainerName(_ name: String) throws(EngineError) {
  let isPlain = { (byte: UInt8) in
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
  let others = Array("_.-".utf8)
  guard let first = name.utf8.first, isPlain(first), name.utf8.count > 1, name.utf8.count <= 200,
    name.utf8.allSatisfy({ isPlain($0) || others.contains($0) })
  else { throw EngineError(.invalid, "Invalid container name (\(name)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed") }
}
