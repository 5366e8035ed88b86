/// How an image is built.
extension KeyTable {
  private static func builds(_ why: String, _ advice: String) -> KeySupport { .unsupported(why: why, advice: advice) }
  private static func noEffect(_ why: String, _ advice: String) -> KeySupport { .approximate(why: why, advice: advice) }

  static let build = Shape.keys(
    [
      Key(
        "context", .limited(except: "only directories and git repositories"), .path,
        "The directory or git repository whose files the build may copy.", example: "."),
      Key("dockerfile", .exact, .path, "The Dockerfile, if it is not the context's own."),
      Key("dockerfile_inline", .exact, .string, "The Dockerfile's text, instead of a file."),
      Key(
        "args", .exact, .pairs, "The build's arguments; a name without a value is taken from the environment.", example: "{VERSION: \"3\"}"),
      Key("target", .exact, .string, "The stage of the Dockerfile to build."),
      Key("tags", .exact, .list(.string), "Further names of the image."),
      Key("labels", .exact, .pairs, "Labels of the image."),
      Key("network", .limited(except: "only host, none and default"), .string, "The network of RUN instructions: none, host or default."),
      Key("extra_hosts", .exact, extraHosts, "Further hosts' names during the build."),
      Key("no_cache", .exact, .flag, "Whether everything is built anew."),
      Key(
        "no_cache_filter", .exact, .stringOrList,
        "Stages that are built anew."),
      Key(
        "cache_from", .limited(except: "only Muster's own caches, of type=registry and type=local; others are told about"), .list(.string),
        "Where else to look for results of earlier builds.", example: "[registry.example/shop:cache]"),
      Key(
        "cache_to", .limited(except: "only type=registry, type=local and type=inline; others are told about"), .list(.string),
        "Where else to keep the build's results.", example: "[\"type=registry,ref=registry.example/shop:cache,mode=max\"]"),
      Key("isolation", noEffect("there is one kind of isolation on Linux", "remove it"), .string, "The kind of isolation, on Windows."),
      Key(
        "provenance", noEffect("images get no attestations", "remove it"), Shape(kinds: [.string, .boolean]),
        "Whether the image says how it was built."),
      Key(
        "sbom", noEffect("images get no attestations", "remove it"), Shape(kinds: [.string, .boolean]),
        "Whether the image says what is in it."),
      Key(
        "additional_contexts", .limited(except: "only directories, git repositories, local images and services"), .pairs,
        "Further places to copy from, by name."),
      Key(
        "entitlements", builds("builds have no more rights than containers", "remove it"), .list(.string), "Rights that the build is given."
      ),
      Key(
        "platforms", .limited(except: "only this machine's own"), .list(.string), "The platforms to build for."),
      Key("privileged", builds("builds have no more rights than containers", "remove it"), .flag, "Whether the build has all rights."),
      Key("pull", .exact, .flag, "Whether base images are fetched anew."),
      Key(
        "secrets", .exact, .list(.string | buildGrant),
        "Secrets that RUN instructions may use."),
      Key("shm_size", .exact, .whole.written(as: .bytes), "The size of /dev/shm."),
      Key(
        "ssh", .limited(except: "only agents' sockets, no key files"), .pairs,
        "SSH agents for RUN --mount=type=ssh: default for the one of SSH_AUTH_SOCK, or NAME=SOCKET.", example: "[default]"),
      Key("ulimits", .exact, ulimits, "Limits of the build's processes."),
    ], name: "build")

  private static let buildGrant = Shape.keys([
    Key("source", .inherited, .string, "The secret's name in the stack."),
    Key("target", .inherited, .string, "The name that RUN knows it by."),
    Key("uid", .inherited, .string, "The user that the file belongs to, by ID."),
    Key("gid", .inherited, .string, "The group that the file belongs to, by ID."),
    Key("mode", .inherited, .numeric.written(as: .octal), "Who may read the file, in octal."),
  ])
}
