import Backend
import ImageStore
import Reconciler
import StackModel

extension LocalBackend {
  /// Refuses what a container shall have of another one, or of an image, that is not there or is not shared.
  func checkSharing(of spec: ContainerSpec, _ parts: PlanParts, stack: Stack?) async throws {
    do {
      for reference in spec.options.references {
        guard case .container(let name) = reference, !parts.names.contains(name) else { continue }
        guard await containers.find(name: name) == nil else { continue }
        throw EngineError(
          .notFound, subject: spec.service.rawValue, "there is no container \"\(name)\"",
          hint: "make it first, or name a service of this stack")
      }
      if case .of(let owner)? = spec.options.ipc { try await checkIPC(of: spec, owner, parts.created, stack) }
      try await checkUsers(of: spec, parts.created, stack)
      for case .image(let reference) in spec.options.mounts.map(\.source) where !parts.makes(reference) {
        if await images.resolve(reference) == nil { throw missingImage(reference, for: spec) }
      }
    } catch var error as EngineError {
      error.origin = stack?.services[spec.service]?.origin
      throw error
    }
  }

  /// Whoever has a user namespace of its own shares namespaces only with those who have one too.
  private func checkUsers(of spec: ContainerSpec, _ created: [ContainerSpec], _ stack: Stack?) async throws {
    guard spec.options.users?.mapping != nil else { return }
    for reference in spec.options.namespaceOwners {
      let options: ContainerOptions?
      switch reference {
      case .service(let service): options = stack?.services[service]?.options
      case .container(let name):
        options =
          if let new = created.first(where: { $0.name == name }) { new.options } else { await containers.find(name: name)?.spec.options }
      }
      if let options, options.users?.mapping == nil { throw NamespaceOwners.unjoinable(spec, "is in the host's") }
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
  /// Whose namespaces it joins.
  fileprivate var namespaceOwners: [ContainerReference] {
    var owners: [ContainerReference] = []
    switch network {
    case .service(let service): owners.append(.service(service))
    case .container(let name): owners.append(.container(name))
    case .bridges, .host, .none: break
    }
    if let pidOwner { owners.append(pidOwner) }
    if case .of(let owner)? = ipc { owners.append(owner) }
    return owners
  }

  /// Whoever it takes something of.
  fileprivate var references: [ContainerReference] {
    var references = (volumesFrom ?? []).map(\.source)
    if let pidOwner { references.append(pidOwner) }
    if case .of(let owner)? = ipc { references.append(owner) }
    if case .container(let name) = network { references.append(.container(name)) }
    return references
  }
}
