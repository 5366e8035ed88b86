import Backend
import ContainerRuntime
import Glibc
import LinuxKit
import StackModel

/// The running containers whose namespaces a container joins.
struct NamespaceOwners: Sendable {
  struct Owner: Sendable {
    var id: ContainerID
    var pid: Int32
    var hostname: String
    /// The numbers of its user namespace.
    var users: UserMapping?
    /// Whose the network namespace was first.
    var networkOwner: ContainerID?
    /// Namespaces that are open already, by the kernel's name for their kind.
    var opened: [String: SharedDescriptor] = [:]
  }
  var network: Owner?
  var pid: Owner?
  var ipc: Owner?
  /// Whose user namespace is joined too: namespaces belong to one, and only who is in it may do something with them.
  var users: Owner? { [network, pid, ipc].compactMap { $0 }.first { $0.users != nil } }

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
    try owners.checkUsers(of: spec)
    return owners
  }

  /// Refuses what cannot be joined from within one user namespace.
  private func checkUsers(of spec: ContainerSpec) throws {
    guard let own = spec.options.users?.mapping else { return }
    var seen: (device: UInt64, inode: UInt64)?
    for owner in [network, pid, ipc].compactMap({ $0 }) {
      guard owner.users == own else { throw Self.unjoinable(spec, owner.users == nil ? "is in the host's" : "has one with other numbers") }
      let status = try Descriptor.open("/proc/\(owner.pid)/ns/user", O_RDONLY).status()
      if let seen, seen != (status.device, status.inode) { throw Self.unjoinable(spec, "and another one have each their own") }
      seen = (status.device, status.inode)
    }
  }

  static func unjoinable(_ spec: ContainerSpec, _ why: String) -> EngineError {
    EngineError(
      .conflict, subject: spec.service.rawValue,
      "it shares a namespace with a container that must be in the same user namespace, but that one \(why)",
      hint: "give both userns_mode: host, or neither; and share the namespaces of one container only")
  }

  private static func owner(
    _ reference: ContainerReference, _ what: String, _ spec: ContainerSpec, _ engine: LocalBackend
  ) async throws -> Owner {
    let found = await engine.container(reference, in: spec.project)
    // Others may have stayed in its network since it has ended.
    if what == "network", let found, await found.running == nil,
      let (holder, _) = await engine.holder(ofNetwork: found.id, found.spec.name),
      let pid = await holder.running?.shim.pid
    {
      return Owner(
        id: found.id, pid: pid, hostname: found.spec.options.hostname ?? found.id.short, users: holder.spec.options.users?.mapping,
        networkOwner: await holder.ownerOfItsNetwork)
    }
    guard let found, let pid = await found.running?.shim.pid else {
      throw EngineError(
        .conflict, subject: spec.service.rawValue, "the container whose \(what) it shares is not running", hint: "start that one first")
    }
    if what == "IPC namespace", !found.spec.options.sharesIPC { throw unshareable(spec, with: found.spec.name) }
    return Owner(
      id: found.id, pid: pid, hostname: found.spec.options.hostname ?? found.id.short, users: found.spec.options.users?.mapping,
      networkOwner: await found.ownerOfItsNetwork)
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
