/// What a stack file starts with.
extension KeyTable {
  static let topLevelKeys: [Key] = [
    Key(
      "version",
      .approximate(why: "Compose files have no versions any more", advice: "remove the line"), .string,
      "The version of an older file format; it means nothing any more."),
    Key("name", .exact, .string, "The project's name, which the names of containers, networks and volumes start with.", example: "shop"),
    Key("include", .exact, .list(.string | include), "Other stack files that this one is put together with.", example: "[db/compose.yaml]"),
    Key("services", .exact, .names(.name, service, isClosed: true), "The services of the stack by name: what runs in containers."),
    Key(
      "jobs", .limited(except: "a job waits for another only until that has succeeded"), .names(.name, job, isClosed: true),
      "Containers that run to their end, when asked for or by a timetable: see muster job.",
      example: "{backup: {image: busybox, triggers: {schedule: [\"0 3 * * *\"]}}}"),
    Key(
      "models",
      .unsupported(why: "Muster runs no language models by itself", advice: "run the model as a service with an image of its own"),
      .names(.name, model), "Language models that services use."),
    Key("networks", .exact, .names(.name, network), "The networks by which services reach each other."),
    Key("volumes", .exact, .names(.name, volume, isClosed: true), "Named volumes, whose data outlives containers."),
    Key(
      "secrets", .exact, .names(.name, secret, isClosed: true),
      "Confidential files that services are given, and where their contents come from."
    ),
    Key("configs", .exact, .names(.name, config, isClosed: true), "Files that services are given, and where their contents come from."),
    Key(
      "x-muster", .exact, protection("muster_stack", portsFirewall), "What only Muster has: other tools leave it alone.",
      example: "{protect: true}"),
  ]

  /// `x-muster` of a stack or a volume.
  private static let portsFirewall = Key(
    "ports_firewall", .exact, .string.one(of: "bypass", "host"),
    "Which rules decide whether published ports are reached from outside: Muster's alone (bypass), or the host's own of what comes in (host).",
    example: "host")

  static func protection(_ name: String, _ others: Key...) -> Shape {
    .keys(
      [
        Key(
          "protect", .exact, .flag,
          name == "muster_stack"
            ? "Whether down is refused for the stack." : "Whether down --volumes is refused while it would remove the volume.",
          example: "true")
      ] + others, name: name)
  }

  static let include = Shape.keys(
    [
      Key("path", .exact, .stringOrList, "The file, or several files that are merged."),
      Key("project_directory", .exact, .path, "Where the included file's relative paths start from; its own directory unless said."),
      Key("env_file", .exact, .stringOrList, "Files with the variables for the included file, instead of the .env beside it."),
    ], extensions: false, name: "include")

  static let model = Shape.keys(
    [
      Key("name", .inherited, .string, "The model's full name, if not the stack's and its own."),
      Key("model", .inherited, .string, "The model's artifact in a registry."),
      Key("context_size", .inherited, .integer, "How many tokens the model keeps in mind."),
      Key("runtime_flags", .inherited, .list(.string), "Options for the program that runs the model."),
    ], required: ["model"], name: "model")
}
