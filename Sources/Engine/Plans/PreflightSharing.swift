import ImageStore
import Backend
import ImageStore
import Reconciler
import StackModel

extension LocalBackend {
  /// Refuses what a container shall have of another one, or of an image, that is not there or is not shared.
  func checkSharing(of created: [ContainerSpec], stack: Stack?) async throws {
    let names = Set(created.map(\.name))
    for spec in created {
      do {
        for reference in spec.options.references {
          guard case .container(let name) = reference, !names.contains(name) else { continue }
          guard await containers.find(name: name) == nil else { continue }
          throw EngineError(
            .notFound, subject: spec.service.rawValue, "there is no container \"\(name)\"",
            hint: "make it first, or name a service of this stack")
        }
        if case .of(let owner)? = spec.options.ipc { try await checkIPC(of: spec, owner, created, stack) }
        for case .image(let reference) in spec.options.mounts.map(\.source) where await images.resolve(reference) == nil {
          throw missingImage(reference, for: spec)
        }
      } catch var error as EngineError {
        error.origin = stack?.services[spec.service]?.origin
        throw error
      }
    }
  }

  private func checkIPC(of spec: ContainerSpec, _ owner: ContainerReference, _ created: [ContainerSpec], _ stack: Stack?) async throws {
    let options: ContainerOptions?
    switch owner {
    case .service(let service): options = stack?.services[service]?.options
    case .container(let name):
      if let new = created.first(where: { $0.name == name }) {
        options = new.options
      } else {
        options = await containers.find(name: name)?.spec.options
      }
    }
    if let options, !options.sharesIPC { throw NamespaceOwners.unshareable(spec, with: owner.words) }
  }
}

extension ContainerOptions {
  /// Whoever it takes something of.
  fileprivate var references: [ContainerReference] {
    var references = (volumesFrom ?? []).map(\.source)
    if let pidOwner { references.append(pidOwner) }
    if case .of(let owner)? = ipc { references.append(owner) }
    if case .container(let name) = network { references.append(.container(name)) }
    return references
  }
}
