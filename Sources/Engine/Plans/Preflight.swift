import Backend
import Glibc
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  /// Looks for what would fail half way, before anything is made: ports in use, bind sources that are missing, unreadable secrets.
  func preflight(_ plan: Plan, stack: Stack?) async throws {
    var created: [ContainerSpec] = []
    var leaving: Set<String> = []
    for step in plan.steps {
      switch step.action {
      case .createContainer(let spec, _): created.append(spec)
      case .stopContainer(let name, _, _), .removeContainer(let name, _, _): leaving.insert(name)
      default: break
      }
    }
    for spec in created {
      let origin = stack?.services[spec.service]?.origin
      if let holder = await containers.find(name: spec.name), !leaving.contains(spec.name) {
        throw EngineError(
          .conflict, subject: spec.service.rawValue, "the container name \"\(spec.name)\" is already in use by \(holder.id.short)",
          hint: "remove that container, or choose another container_name", origin: origin)
      }
      for case .bind(let path, let createsHostPath, _) in spec.options.mounts.map(\.source) where !createsHostPath {
        guard Glibc.access(path, F_OK) == 0 else {
          throw EngineError(
            .notFound, subject: spec.service.rawValue, "the bind source \(path) does not exist",
            hint: "make it, or allow it to be made with create_host_path", origin: origin)
        }
      }
    }
    try await checkPorts(of: created, leaving: leaving, stack: stack)
  }

  /// Refuses a plan that publishes one port twice, or one that something else holds.
  private func checkPorts(of created: [ContainerSpec], leaving: Set<String>, stack: Stack?) async throws {
    var wanted: [PortMapping: String] = [:]
    for spec in created {
      for port in spec.options.ports where port.published != nil {
        if let other = wanted.updateValue(
          spec.name, forKey: PortMapping(hostAddress: port.hostAddress, published: port.published, target: 0, transport: port.transport))
        {
          throw EngineError(
            .conflict, subject: spec.service.rawValue,
            "port \(port.published.map(String.init) ?? "")/\(port.transport.rawValue) is published by \(other) and by \(spec.name)",
            hint: "publish a range (\"8080-8081:80\"), or no fixed port, when a service has several replicas",
            origin: stack?.services[spec.service]?.origin)
        }
      }
    }
    var leavingIDs: Set<ContainerID> = []
    for name in leaving { if let container = await containers.find(name: name) { leavingIDs.insert(container.id) } }
    for spec in created where !spec.options.ports.isEmpty {
      do {
        try await networking.checkPorts(spec.options.ports, ignoring: leavingIDs)
      } catch let error as PortConflict {
        throw EngineError(
          .conflict, subject: spec.service.rawValue, error.description,
          origin: stack?.services[spec.service]?.origin)
      }
    }
  }
}
