import Diagnostics
import StackModel

extension ServiceDecoder {
  /// `deploy`, but for replicas and limits; nil when it says nothing else.
  func deployment() -> Deployment? {
    guard let written = fields.child("deploy") else { return nil }
    var deployment = Deployment()
    deployment.mode = written.choice("mode")
    deployment.endpointMode = written.choice("endpoint_mode")
    deployment.labels = written.options("labels")
    deployment.update = rollout("update_config", written)
    deployment.rollback = rollout("rollback_config", written)
    deployment.placement = placement(written)
    if let reserved = written.child("resources")?.child("reservations") {
      let devices = reserved.mappings("devices").compactMap { deviceRequest($0, needsCapabilities: true) }
      deployment.reservedDevices = devices.isEmpty ? nil : devices
      let resources = reserved.mappings("generic_resources").compactMap(genericResource)
      deployment.genericResources = resources.isEmpty ? nil : resources
      if let cores = reserved.nanocores("cpus"), let limit = written.child("resources")?.child("limits")?.nanocores("cpus"),
        limit > 0, cores > limit
      {
        report.error(
          .conflict, reserved.place("cpus"), "\(subject) reserves more cores than its limit allows",
          hint: "reserve at most \(shortest(Double(limit) / 1e9))")
      }
    }
    if let mode = deployment.mode, mode == .replicatedJob || mode == .globalJob, let value = written.node["mode"] {
      written.refuse("mode", value, hint: "write it as a service that others depend on with condition: service_completed_successfully")
    }
    if deployment.mode == .global, let replicas = written.node["replicas"], !replicas.isNull {
      written.remark("mode", .equivalent, replicas.place, "mode global on one machine is one container", hint: "remove replicas")
    }
    return deployment == Deployment() ? nil : deployment
  }

  private func rollout(_ key: String, _ deploy: Fields) -> Rollout? {
    guard let written = deploy.child(key) else { return nil }
    var rollout = Rollout()
    rollout.parallelism = written.integer("parallelism", in: 0...100_000).map(Int.init)
    rollout.delay = written.duration("delay")
    rollout.failureAction = written.choice("failure_action")
    rollout.monitor = written.duration("monitor")
    rollout.maximumFailureRatio = written.number("max_failure_ratio", in: 0...1)
    rollout.order = written.choice("order")
    return rollout
  }

  private func placement(_ deploy: Fields) -> Placement? {
    guard let written = deploy.child("placement") else { return nil }
    let placement = Placement(
      constraints: written.texts("constraints"), spread: written.mappings("preferences").compactMap { $0.text("spread") },
      maximumPerNode: written.integer("max_replicas_per_node", in: 0...100_000).map(Int.init))
    return placement == Placement() ? nil : placement
  }

  private func genericResource(_ item: Fields) -> GenericResource? {
    guard let written = item.child("discrete_resource_spec"), let kind = written.text("kind"), let value = written.integer("value") else {
      return item.invalid("discrete_resource_spec", item.node, "needs kind and value")
    }
    return GenericResource(kind: kind, value: value)
  }
}
