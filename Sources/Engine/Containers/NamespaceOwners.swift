import ContainerRuntime
import Backend
import ContainerRuntime
import StackModel

/// The running containers whose namespaces a container joins.
struct NamespaceOwners: Sendable {
  struct Owner: Sendable {
    var id: ContainerID
    var pid: Int32
    var hostname: String
  }
  var network: Owner?
  var pid: Owner?
  var ipc: Owner?

  /// Throws when one does not run, or does not share what is asked of it.
  static func find(for spec: ContainerSpec, engine: LocalBackend) async throws -> NamespaceOwners {
    var owners = NamespaceOwners()
    switch spec.options.network {
    case .bridges, .host, .none: break
    case .service(let service): owners.network = try await owner(.service(service), "network", spec, engine)
    case .container(let name): owners.network = try await owner(.container(name), "network", spec, engine)
    }
    if let reference = spec.options.pidOwner { owners.pid = try await owner(reference, "pid namespace", spec, engine) }
    if case .of(let reference)? = spec.options.ipc { owners.ipc = try await owner(reference, "IPC namespace", spec, engine) }
    return owners
  }

  private static func owner(
    _ reference: ContainerReference, _ what: String, _ spec: ContainerSpec, _ engine: LocalBackend
  ) async throws -> Owner {
    guard let found = await engine.container(reference, in: spec.project), let pid = await found.running?.shim.pid else {
      throw EngineError(
        .conflict, subject: spec.service.rawValue, "the container whose \(what) it shares is not running", hint: "start that one first")
    }
    if what == "IPC namespace", !found.spec.options.sharesIPC { throw unshareable(spec, with: found.spec.name) }
    return Owner(id: found.id, pid: pid, hostname: found.spec.options.hostname ?? found.id.short)
  }

  static func unshareable(_ spec: ContainerSpec, with name: String) -> EngineError {
    EngineError(
      .conflict, subject: spec.service.rawValue, "it shall join the IPC namespace of \(name), which is not shareable",
      hint: "give that one ipc: shareable")
  }
}

extension ContainerOptions {
  /// Whether others may join its IPC namespace, as Docker has it.
  var sharesIPC: Bool { usesHostIPC || ipc == .shareable }
}

extension LocalBackend {
  /// The container that is meant: the first of a service, or the one of a name.
  func container(_ reference: ContainerReference, in project: ProjectName) async -> Container? {
    switch reference {
    case .service(let service):
      await containers.all(project).filter { $0.spec.service == service && !$0.spec.isOneOff }.min { $0.spec.number < $1.spec.number }
    case .container(let name): await containers.find(name: name)
    }
  }
}
