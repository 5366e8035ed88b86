extension Forms {
  static let deploy: [Member] = [
    Member("mode"), Member("replicas", .integer, keepsZero: true), Member("labels", .pairs(.empty)),
    Member("update_config", .object(update), keepsZero: true), Member("rollback_config", .object(update), keepsZero: true),
    Member(
      "resources",
      .object([Member("limits", .object(resource), keepsZero: true), Member("reservations", .object(resource), keepsZero: true)]),
      json: .map),
    Member("restart_policy", .object(restart), keepsZero: true), Member("placement", .object(placement), json: .map),
    Member("endpoint_mode"),
  ]
  static let deviceRequest: [Member] = [
    Member("capabilities", .list(.text)), Member("driver"), Member("count", .normalized(count, .integer)),
    Member("device_ids", .list(.text)),
    Member("options", .pairs(.empty)),
  ]

  private static let update: [Member] = [
    Member("parallelism", .integer, keepsZero: true), Member("delay", .duration), Member("failure_action"),
    Member("monitor", .duration), Member("max_failure_ratio", .number), Member("order"),
  ]
  private static let resource: [Member] = [
    Member("cpus", .number), Member("memory", .bytes), Member("pids", .integer), Member("devices", .list(.object(deviceRequest))),
    Member(
      "generic_resources",
      .list(.object([Member("discrete_resource_spec", .object([Member("kind"), Member("value", .integer, keepsZero: true)]))]))),
  ]
  private static let restart: [Member] = [
    Member("condition"), Member("delay", .duration, keepsZero: true), Member("max_attempts", .integer, keepsZero: true),
    Member("window", .duration, keepsZero: true),
  ]
  private static let placement: [Member] = [
    Member("constraints", .texts), Member("preferences", .list(.object([Member("spread")]))),
    Member("max_replicas_per_node", .integer),
  ]
}
