/// What a service is made of, group by group.
extension KeyTable {
  static let service = Shape.keys(containerKeys + serviceOnlyKeys, name: "service")

  /// The keys that services and jobs have in common.
  static let containerKeys =
    imageKeys + processKeys + dependencyKeys + networkingKeys + storageKeys + resourceKeys + confinementKeys + machineKeys

  /// The keys of what runs on and on.
  static let serviceOnlyKeys: [Key] = [
    Key("deploy", .exact, deploy, "How many containers there are, what they may use, and how they are replaced.", example: "{replicas: 2}"),
    Key(
      "develop", .exact, develop, "What happens when source files change while one develops: see muster watch.",
      example: "{watch: [{path: src, action: sync, target: /app}]}"),
    Key("scale", .exact, .whole, "How many containers the service has, unless deploy.replicas says so.", example: "3"),
    Key(
      "container_name", .exact, .string.matching(.containerName),
      "A fixed name for the service's only container.", example: "web-1"),
    Key("attach", .exact, .flag, "Whether the service's output is shown by a foreground up."),
    Key(
      "restart", .exact, .string, "When a container that has ended is started again: no, always, on-failure[:TIMES] or unless-stopped.",
      example: "unless-stopped"),
    Key(
      "x-muster", .exact, muster, "What only Muster has: other tools leave it alone.", example: "{on_secret_change: restart}"),
    Key("extends", .exact, .string | extends, "Another service, of this file or another, whose keys this one starts with."),
    Key(
      "provider",
      .unsupported(why: "Muster runs no programs of the host for a service", advice: "run what it provides as a service with an image"),
      provider, "A program of the host that provides the service instead of a container."),
    Key(
      "pre_start", .exact, .list(preStartHook), "Containers that run to their end before the service's own start."),
    Key(
      "post_start", .exact, .list(hook), "Commands that run in a container after it has started."),
    Key(
      "pre_stop", .exact, .list(hook), "Commands that run in a container before it is stopped."),
  ]

  static let muster = Shape.keys(
    [
      Key(
        "on_secret_change", .exact, .string,
        "What happens to a running container when one of its secrets has a new value: none, restart or signal NAME.",
        example: "signal SIGHUP"),
      Key(
        "on_unhealthy", .exact, .string,
        "What happens to a container that is unhealthy: none, restart or restart:TIMES, so often in a row without its having been healthy.",
        example: "restart"),
      Key(
        "update", .exact, .string | update,
        "What the engine does by itself when the image's tag stands for another image in its registry: manual (nothing), notify or auto.",
        example: "notify"),
    ], name: "muster")

  static let update = Shape.keys(
    [
      Key("policy", .exact, .string, "manual, notify or auto.", example: "auto"),
      Key(
        "interval", .exact, .duration, "How long it waits between two looks at the registry; a day unless it is said, a minute at least.",
        example: "6h"),
    ], name: "update")

  static let imageKeys: [Key] = [
    Key(
      "image", .exact, .string.written(as: .image), "The image that containers start from: [REGISTRY/]NAME[:TAG or @DIGEST].",
      example: "nginx:1.27"),
    Key("build", .exact, .path | build, "The directory that the image is built from, or how it is built.", example: "."),
    Key(
      "pull_policy", .exact,
      .string.matching(.pullPolicy),
      "When the image is fetched: missing (unless it is there), always, never, build, or by its age.", example: "missing"),
    Key(
      "pull_refresh_after", .exact, .duration, "The age at which an image is fetched again."),
    Key(
      "platform", .limited(except: "only this machine's own"), .string, "The platform of the image, as OS/ARCHITECTURE.",
      example: "linux/amd64"),
    Key("profiles", .exact, .strings, "The profiles with which the service is there; without, it always is.", example: "[debug]"),
  ]

  static let dependencyKeys: [Key] = [
    Key(
      "depends_on", .exact, .strings | dependencies, "The services that are started before this one and stopped after it.", example: "[db]"),
    Key(
      "links", .equivalent(why: "names are answered by the stack's own name service"), .strings,
      "Services under further names, as SERVICE:ALIAS.", example: "[\"db:database\"]"),
    Key(
      "external_links", .exact, .strings, "Containers of other stacks, as CONTAINER:ALIAS."),
    Key("healthcheck", .exact, healthcheck, "How to find out whether a container is healthy.", example: "{test: [CMD-SHELL, …]}"),
    Key(
      "models",
      .unsupported(why: "Muster runs no language models by itself", advice: "run the model as a service with an image of its own"),
      .strings | .names(.name, .null | modelUse), "The models that the service uses."),
  ]

  static let extends = Shape.keys(
    [
      Key("service", .exact, .string, "The service to start with."),
      Key("file", .exact, .path, "The file in which that service is; this one unless said."),
    ], required: ["service"], extensions: false)

  static let dependencies = Shape.names(
    .name,
    .keys(
      [
        Key(
          "condition", .exact, .string.one(of: "service_started", "service_healthy", "service_completed_successfully"),
          "What must have become of the other service.", example: "service_healthy"),
        Key("restart", .exact, .flag, "Whether this service is restarted when the other one is."),
        Key("required", .exact, .boolean, "Whether the other service must be there; true unless said."),
      ], required: ["condition"]), isClosed: true)

  static let modelUse = Shape.keys([
    Key("endpoint_var", .inherited, .string, "The variable that says where the model is reached."),
    Key("model_var", .inherited, .string, "The variable that says the model's name."),
  ])

  static let provider = Shape.keys(
    [
      Key("type", .inherited, .string, "The program's name."),
      Key("options", .inherited, .names(.notEmpty, .scalar | .list(.scalar)), "What the program is told."),
    ], required: ["type"])

  static let healthcheck = Shape.keys(
    [
      Key(
        "test", .exact, .string.written(as: .command) | .list(.string),
        "The command to run: [CMD, PROGRAM, …], [CMD-SHELL, COMMAND], a text for a shell, or [NONE]; beyond Compose [HTTP, URL] and [TCP, PORT], which need no program in the image.",
        example: "[CMD, curl, -f, \"http://localhost\"]"),
      Key("interval", .exact, .duration, "The time between two checks; 30s unless said."),
      Key("timeout", .exact, .duration, "The time after which a check has failed; 30s unless said."),
      Key("retries", .exact, .numeric, "How many checks must fail, one after the other, until a container is unhealthy.", example: "3"),
      Key("start_period", .exact, .duration, "The time a container may take to start, in which failing checks do not count."),
      Key("start_interval", .exact, .duration, "The time between two checks during the start period."),
      Key("disable", .exact, .flag, "Whether the image's check is switched off."),
    ], name: "healthcheck")
}
