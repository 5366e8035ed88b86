/// What a container finds in its file system.
extension KeyTable {
  static let storageKeys: [Key] = [
    Key(
      "volumes", .exact, .list(.string | mount, unique: true), "Volumes and files of the host in the container, as SOURCE:PATH[:ro].",
      example: "[\"data:/var/lib/data\"]"),
    Key(
      "volumes_from", .exact, .strings, "Services, or container:NAME, whose mounts the container has too.", example: "[\"db:ro\"]"),
    Key("tmpfs", .exact, .stringOrList, "Paths that are kept in memory, as PATH[:OPTIONS].", example: "[/tmp]"),
    Key("read_only", .exact, .flag, "Whether the image's files cannot be changed."),
    Key("shm_size", .exact, .numeric.written(as: .bytes), "The size of /dev/shm; 64m unless said."),
    Key(
      "storage_opt",
      .limited(except: "only size, and that where the file system of Muster's root has project quotas"),
      .keys([], extensions: false, isClosed: false), "Limits of what the container may write, as size."),
    Key(
      "secrets", .exact, .list(.string | grant), "The secrets that the container is given as files in /run/secrets.",
      example: "[db_password]"),
    Key("configs", .exact, .list(.string | grant), "The configs that the container is given as files.", example: "[settings]"),
  ]

  static let grant = Shape.keys([
    Key("source", .exact, .string, "The secret's or config's name in the stack."),
    Key("target", .exact, .string, "The file's name or path in the container."),
    Key("uid", .exact, .string, "The user that the file belongs to, by ID.", example: "\"1000\""),
    Key("gid", .exact, .string, "The group that the file belongs to, by ID.", example: "\"1000\""),
    Key("mode", .exact, .numeric.written(as: .octal), "Who may read the file, in octal; 0444 unless said."),
  ])

  static let mount = Shape.keys(
    [
      Key(
        "type", .limited(except: "no npipe or cluster"), .string.one(of: "bind", "volume", "tmpfs", "cluster", "npipe", "image"),
        "What is mounted.", example: "volume"),
      Key("source", .exact, .string, "The volume's name, the host's path, or the image."),
      Key("target", .exact, .path, "The path in the container."),
      Key("read_only", .exact, .flag, "Whether the container cannot write there."),
      Key(
        "consistency", .approximate(why: "on Linux, both sides always see the same", advice: "remove it"), .string,
        "How soon both sides see each other's changes."),
      Key("bind", .exact, bind, "What holds for files of the host."),
      Key(
        "volume", .exact,
        .keys([
          Key("nocopy", .exact, .flag, "Whether the image's files are not copied into an empty volume."),
          Key("subpath", .exact, .path, "The directory of the volume to mount."),
          Key(
            "labels", .approximate(why: "a mount has no labels", advice: "label the volume in the top-level volumes"), .pairs,
            "Labels of a volume that is made for this mount."),
        ]), "What holds for volumes."),
      Key(
        "tmpfs", .exact,
        .keys([
          Key("size", .exact, Shape(kinds: [.integer, .string], bounds: 0...Int64.max, format: .bytes), "The most it may hold."),
          Key("mode", .exact, .numeric.written(as: .octal), "Who may use it, in octal."),
        ]), "What holds for memory."),
      Key(
        "image", .exact,
        .keys([Key("subpath", .exact, .path, "The directory of the image to mount.")]), "What holds for images."),
    ], required: ["type"])

  static let bind = Shape.keys([
    Key("propagation", .exact, .string, "Whether mounts made on one side are seen on the other.", example: "rslave"),
    Key("create_host_path", .exact, .flag, "Whether a directory that is missing on the host is made; true unless said."),
    Key(
      "recursive", .exact,
      .string.one(of: "enabled", "disabled", "writable", "readonly"), "What becomes of mounts below the source."),
    Key(
      "selinux", .approximate(why: "files are not relabelled for SELinux", advice: "label them with chcon where SELinux is on"),
      .string.one(of: "z", "Z"), "How the files are labelled for SELinux."),
  ])
}
