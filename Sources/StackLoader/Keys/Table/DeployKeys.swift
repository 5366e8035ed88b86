/// How many containers a service has, and what they may use.
extension KeyTable {
  private static func noEffect(_ why: String, _ advice: String) -> KeySupport { .approximate(why: why, advice: advice) }

  static let deploy =
    Shape.null
    | .keys(
      [
        Key(
          "mode", .equivalent(why: "on one machine, global is one container"), .string, "replicated, or global for one on each machine.",
          example: "replicated"),
        Key("replicas", .exact, .whole, "How many containers the service has.", example: "2"),
        Key("resources", .exact, resources, "What the containers may use, and what is kept for them."),
        Key("restart_policy", .exact, restartPolicy, "When a container that has ended is started again; wins over restart."),
        Key(
          "endpoint_mode", noEffect("a service's name leads to all its containers", "remove it"), .string,
          "How the service's name leads to its containers: vip or dnsrr."),
        Key(
          "labels", noEffect("they label a cluster's service, which one machine does not have", "use the service's own labels"), .pairs,
          "Labels of the service, not of its containers."),
        Key(
          "placement", noEffect("there is one machine to place containers on", "remove it"), placement, "On which machines containers run."),
        Key("update_config", .exact, replacing, "How containers are replaced when the service changes; all at once unless said."),
        Key(
          "rollback_config", .exact, replacing, "How containers are replaced when an update is taken back; as update_config unless said."),
      ], name: "deploy")

  static let resources = Shape.keys([
    Key(
      "limits", .exact,
      .keys([
        Key("cpus", .exact, .numeric.written(as: .cores), "The most processor cores a container may use."),
        Key("memory", .exact, .string.written(as: .bytes), "The most memory a container may use."),
        Key("pids", .exact, .whole, "The most processes a container may have.", example: "100"),
      ]), "What a container may use at most."),
    Key(
      "reservations", .exact,
      .keys([
        Key(
          "cpus", noEffect("it is a weight when cores are scarce, not a reserve", "use cpu_shares or limits"), .numeric.written(as: .cores),
          "The processor cores kept for a container."),
        Key("memory", .exact, .string.written(as: .bytes), "The memory kept for a container."),
        Key(
          "generic_resources", noEffect("one machine has no such resources to reserve", "remove it"), genericResources,
          "Other things that machines have a number of."),
        Key(
          "devices", .unsupported(why: "devices are not chosen by what they can do", advice: "list the device files under devices"),
          .list(.keys(gpuKeys, required: ["capabilities"])), "Devices kept for a container, as GPUs."),
      ]), "What is kept for a container."),
  ])

  private static let genericResources = Shape.list(
    .keys([
      Key(
        "discrete_resource_spec", .inherited,
        .keys([
          Key("kind", .inherited, .string, "What it is called."), Key("value", .inherited, .numeric, "How many are needed."),
        ]), "A thing and its number.")
    ]))

  static let restartPolicy = Shape.keys([
    Key("condition", .exact, .string, "When to start again: none, on-failure or any.", example: "on-failure"),
    Key("delay", .exact, .duration, "The time to wait before; it grows by itself unless said."),
    Key("max_attempts", .exact, .whole, "How often to try.", example: "3"),
    Key(
      "window", .exact, .duration,
      "The time after which a start has succeeded."),
  ])

  private static let placement = Shape.keys([
    Key("constraints", .inherited, .list(.string), "What a machine must have."),
    Key(
      "preferences", .inherited, .list(.keys([Key("spread", .inherited, .string, "The label by whose values to spread containers.")])),
      "How to choose among machines."),
    Key("max_replicas_per_node", .inherited, .whole, "The most containers on one machine."),
  ])

  private static let replacing = Shape.keys([
    Key("parallelism", .inherited, .whole, "How many at a time; 0 for all."),
    Key("delay", .inherited, .duration, "The time between two."),
    Key("failure_action", .inherited, .string, "What happens when one fails: continue, rollback or pause."),
    Key("monitor", .inherited, .duration, "How long one is watched until it has succeeded."),
    Key("max_failure_ratio", .inherited, .numeric, "The share that may fail."),
    Key(
      "order", .inherited, .string.one(of: "start-first", "stop-first"), "Whether the old one stops before or after the new one starts.",
      example: "stop-first"),
  ])
}
