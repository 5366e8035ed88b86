/// What runs in a container, and with what.
extension KeyTable {
  static let processKeys: [Key] = [
    Key("command", .exact, .command, "The command to run instead of the image's.", example: "[server, --port, \"80\"]"),
    Key("entrypoint", .exact, .command, "The program to run instead of the image's entrypoint.", example: "[/entrypoint.sh]"),
    Key("working_dir", .exact, .path, "The directory in the container that the command starts in."),
    Key("user", .exact, .string, "The user that runs the command, as NAME or ID, with :GROUP if another.", example: "\"1000:1000\""),
    Key("group_add", .exact, .list(Shape(kinds: [.string, .number]), unique: true), "Further groups of that user, by name or ID."),
    Key(
      "environment", .exact, .pairs, "Variables of the container; a name without a value is taken from the host.", example: "{NAME: value}"),
    Key("env_file", .exact, envFile, "Files with variables of the container; environment wins over them.", example: "[.env.web]"),
    Key("labels", .exact, .pairs, "Labels of the containers.", example: "{com.example.team: web}"),
    Key("label_file", .exact, .string | .list(.string), "Files with labels of the containers."),
    Key("annotations", .exact, .pairs, "Annotations of the containers, for the runtime."),
    Key("hostname", .exact, .string, "The name that the container knows itself by.", example: "web"),
    Key("domainname", .exact, .string, "The domain that the container knows itself in."),
    Key("init", .exact, .flag, "Whether a small init runs as the first process, which passes signals on and collects what ends."),
    Key("tty", .exact, .flag, "Whether the command has a terminal."),
    Key("stdin_open", .exact, .flag, "Whether the command's input stays open."),
    Key("stop_signal", .exact, .string, "The signal that asks the command to end; SIGTERM unless said.", example: "SIGINT"),
    Key("stop_grace_period", .exact, .duration, "How long the command may take to end before it is killed; 10s unless said."),
    Key("logging", .exact, logging, "Where the command's output goes.", example: "{driver: json-file}"),
  ]

  static let envFile =
    Shape.string
    | .list(
      .string
        | .keys(
          [
            Key("path", .exact, .path, "The file."),
            Key("format", .exact, .string, "raw, for files whose values are taken as they are written.", example: "raw"),
            Key("required", .exact, .flag, "Whether the file must be there; true unless said."),
          ], required: ["path"], extensions: false))

  static let logging = Shape.keys([
    Key(
      "driver", .limited(except: "only json-file, local, syslog, journald and none"), .string,
      "Who keeps the output: json-file, local, syslog, journald or none.",
      example: "json-file"),
    Key(
      "options",
      .limited(except: "no TLS to syslog; mode non-blocking to daemons alone; of what one misses, max-buffer-size (1m) comes later"),
      .names(.notEmpty, Shape(kinds: [.string, .number, .null])),
      "What the driver is told.",
      example: "{max-size: 10m, max-file: \"3\"}"),
  ])

  static let hook = Shape.keys(hookKeys, required: ["command"], name: "hook")

  private static let hookKeys: [Key] = [
    Key("command", .inherited, .command, "The command to run."),
    Key("user", .inherited, .string, "The user that runs it."),
    Key("privileged", .inherited, .flag, "Whether it has all rights."),
    Key("working_dir", .inherited, .path, "The directory it starts in."),
    Key("environment", .inherited, .pairs, "Its variables."),
  ]

  static let preStartHook = Shape.keys(
    hookKeys + [
      Key("image", .inherited, .string.written(as: .image), "The image to run it in; the service's unless said."),
      Key("per_replica", .inherited, .flag, "Whether it runs for each container of the service."),
    ], name: "pre_start_hook")

  static let develop =
    Shape.null
    | .keys(
      [
        Key(
          "watch", .inherited,
          .list(
            .keys(
              [
                Key("path", .inherited, .path, "What to watch."),
                Key(
                  "action", .inherited, .string.one(of: "rebuild", "sync", "restart", "sync+restart", "sync+exec"),
                  "What happens when it changes.", example: "sync"),
                Key("target", .inherited, .path, "Where in the container changed files go."),
                Key("ignore", .inherited, .stringOrList, "What is left out."),
                Key("include", .inherited, .stringOrList, "What alone is watched."),
                Key("exec", .inherited, hook, "The command of sync+exec."),
                Key("initial_sync", .inherited, .boolean, "Whether files are brought up to date at the start."),
              ], required: ["path", "action"])), "Files to watch, and what to do when they change.")
      ])
}
