import Backend
import LinuxKit
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  /// Makes a network; one of that name that is there is kept.
  func createNetwork(_ network: Network, project: ProjectName?) async throws {
    guard await catalog.network(network.name) == nil else { return }
    let record = try await networking.create(network, project: project)
    let row = NetworkRow(requested: network, record: record, project: project, id: randomHex(64), createdAt: WallClock.nanoseconds())
    do {
      try await catalog.put(row)
    } catch {
      try? await networking.remove(network.name)
      throw error
    }
    generation.advance()
    tell("create", row, project: project)
  }

  /// Removes a network; one that containers use is refused.
  func removeNetwork(_ name: NetworkName) async throws {
    guard let row = await catalog.network(name) else { return }
    for container in await containers.all() {
      if case .bridges(let attachments) = container.spec.options.network, attachments.contains(where: { $0.network == name }),
        await container.running != nil
      {
        throw EngineError(
          .conflict, subject: "network \(name)", "the container \(container.spec.name) still uses it", hint: "stop that container first")
      }
    }
    await dropWhatIsKept(of: name)
    try await networking.remove(name)
    try await catalog.remove(network: name)
    generation.advance()
    tell("destroy", row, project: row.project)
  }
}
