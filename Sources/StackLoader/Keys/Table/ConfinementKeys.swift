/// What keeps a container apart from the machine, and what lets it through.
extension KeyTable {
  static let confinementKeys: [Key] = [
    Key("privileged", .exact, .flag, "Whether the container may do whatever root may."),
    Key("cap_add", .exact, .list(.string, unique: true), "Capabilities that it has beside the usual ones.", example: "[NET_ADMIN]"),
    Key("cap_drop", .exact, .list(.string, unique: true), "Usual capabilities that it does not have.", example: "[ALL]"),
    Key(
      "security_opt", .limited(except: "no SELinux labels or writable cgroups"), .list(.string, unique: true),
      "Options of confinement, as no-new-privileges:true or seccomp:PROFILE.",
      example: "[\"no-new-privileges:true\"]"),
    Key("userns_mode", .limited(except: "only host"), .string, "The user namespace: host, or as the engine's setting userns-remap says."),
    Key(
      "pid", .exact, Shape(kinds: [.string, .null]),
      "Whose processes it sees: host, service:NAME or container:NAME.", example: "host"),
    Key(
      "ipc", .exact, .string,
      "Whose shared memory it has: private, shareable, none, host, service:NAME or container:NAME.", example: "shareable"),
    Key("uts", .limited(except: "only host"), .string, "Whose host name it has: its own, or host.", example: "host"),
    Key(
      "cgroup", .exact, .string.one(of: "host", "private"), "Which cgroup namespace it is in.", example: "private"
    ),
    Key(
      "cgroup_parent", .unsupported(why: "containers are under Muster's own cgroup", advice: "remove it"), .string,
      "The cgroup that the container's is in."),
    Key("sysctls", .exact, .pairs, "Settings of the kernel for this container.", example: "{net.core.somaxconn: 1024}"),
    Key(
      "devices", .limited(except: "only device files, no names of CDI"), .list(.string | device),
      "Devices of the host in the container, as HOST:CONTAINER:rwm.", example: "[\"/dev/fuse\"]"),
    Key(
      "device_cgroup_rules", .exact, .strings, "Rules of which devices may be used, as TYPE MAJOR:MINOR RIGHTS.",
      example: "[\"c 188:* rw\"]"),
    Key(
      "gpus", .unsupported(why: "GPUs are not set up by themselves yet", advice: "list the GPU's device files under devices"),
      .string.one(of: "all") | .list(.keys(gpuKeys, extensions: false, isClosed: false)), "The GPUs it may use: all, or a list.",
      example: "all"),
    Key(
      "use_api_socket",
      .unsupported(why: "containers get no access to the engine, which would have them own the machine", advice: "remove it"), .boolean,
      "Whether the container may talk to the engine that runs it."),
  ]

  /// Where a container runs: matters of other machines than one with Linux.
  static let machineKeys: [Key] = [
    Key(
      "runtime", .equivalent(why: "Muster has its own runtime; runc and crun are taken as it, others refused"), .string,
      "The program that runs containers."),
    Key("isolation", .equivalent(why: "there is one kind of isolation on Linux"), .string, "The kind of isolation, on Windows."),
    Key(
      "credential_spec", .unsupported(why: "it is for Windows", advice: "remove it"),
      .keys([
        Key("config", .inherited, .string, "The config that holds the credentials."),
        Key("file", .inherited, .string, "The file that holds the credentials."),
        Key("registry", .inherited, .string, "The entry of the registry that holds the credentials."),
      ]), "Credentials of a managed account, on Windows."),
  ]

  static let device = Shape.keys(
    [
      Key("source", .exact, .string, "The device on the host."),
      Key("target", .exact, .string, "The device in the container; the same unless said."),
      Key("permissions", .exact, .string, "What it may be used for: r, w and m.", example: "rwm"),
    ], required: ["source"])

  static let gpuKeys: [Key] = [
    Key("capabilities", .inherited, .strings, "What the device must be able to do.", example: "[gpu]"),
    Key("count", .inherited, .whole, "How many devices; all for all."),
    Key("device_ids", .inherited, .strings, "Which devices."),
    Key("driver", .inherited, .string, "The driver to ask."),
    Key("options", .inherited, .pairs, "What the driver is told."),
  ]
}
