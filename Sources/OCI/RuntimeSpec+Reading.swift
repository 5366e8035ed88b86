// What the specification lets a configuration leave out. Written in full by hand because a default value is not one for a decoder.

extension RuntimeSpec {
  enum CodingKeys: String, CodingKey {
    case ociVersion, process, root, hostname, domainname, mounts, annotations, linux, hooks
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(process: try fields.decode(Process.self, forKey: .process), root: try fields.decode(Root.self, forKey: .root))
    ociVersion = try fields.decode(String.self, forKey: .ociVersion)
    hostname = try fields.decodeIfPresent(String.self, forKey: .hostname)
    domainname = try fields.decodeIfPresent(String.self, forKey: .domainname)
    mounts = try fields.decodeIfPresent([Mount].self, forKey: .mounts) ?? []
    annotations = try fields.decodeIfPresent([String: String].self, forKey: .annotations)
    linux = try fields.decodeIfPresent(Linux.self, forKey: .linux) ?? Linux()
    hooks = try fields.decodeIfPresent(Hooks.self, forKey: .hooks)
  }
}

extension RuntimeSpec.Process {
  enum CodingKeys: String, CodingKey {
    case terminal, user, args, env, cwd, capabilities, rlimits, noNewPrivileges, oomScoreAdj, consoleSize, apparmorProfile
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      user: try fields.decodeIfPresent(RuntimeSpec.User.self, forKey: .user) ?? RuntimeSpec.User(),
      args: try fields.decodeIfPresent([String].self, forKey: .args) ?? [],
      env: try fields.decodeIfPresent([String].self, forKey: .env) ?? [], cwd: try fields.decode(String.self, forKey: .cwd))
    terminal = try fields.decodeIfPresent(Bool.self, forKey: .terminal)
    capabilities = try fields.decodeIfPresent(RuntimeSpec.Capabilities.self, forKey: .capabilities)
    rlimits = try fields.decodeIfPresent([RuntimeSpec.Rlimit].self, forKey: .rlimits)
    noNewPrivileges = try fields.decodeIfPresent(Bool.self, forKey: .noNewPrivileges)
    oomScoreAdj = try fields.decodeIfPresent(Int.self, forKey: .oomScoreAdj)
    consoleSize = try fields.decodeIfPresent(RuntimeSpec.ConsoleSize.self, forKey: .consoleSize)
    apparmorProfile = try fields.decodeIfPresent(String.self, forKey: .apparmorProfile)
  }
}

extension RuntimeSpec.User {
  enum CodingKeys: String, CodingKey {
    case uid, gid, umask, additionalGids, username
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      uid: try fields.decodeIfPresent(UInt32.self, forKey: .uid) ?? 0, gid: try fields.decodeIfPresent(UInt32.self, forKey: .gid) ?? 0,
      umask: try fields.decodeIfPresent(UInt32.self, forKey: .umask),
      additionalGids: try fields.decodeIfPresent([UInt32].self, forKey: .additionalGids),
      username: try fields.decodeIfPresent(String.self, forKey: .username))
  }
}

extension RuntimeSpec.Linux {
  enum CodingKeys: String, CodingKey {
    case namespaces, uidMappings, gidMappings, devices, cgroupsPath, resources, sysctl, maskedPaths, readonlyPaths, rootfsPropagation
    case seccomp
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    namespaces = try fields.decodeIfPresent([RuntimeSpec.Namespace].self, forKey: .namespaces) ?? []
    uidMappings = try fields.decodeIfPresent([RuntimeSpec.IDMapping].self, forKey: .uidMappings)
    gidMappings = try fields.decodeIfPresent([RuntimeSpec.IDMapping].self, forKey: .gidMappings)
    devices = try fields.decodeIfPresent([RuntimeSpec.Device].self, forKey: .devices)
    cgroupsPath = try fields.decodeIfPresent(String.self, forKey: .cgroupsPath)
    resources = try fields.decodeIfPresent(RuntimeSpec.Resources.self, forKey: .resources)
    sysctl = try fields.decodeIfPresent([String: String].self, forKey: .sysctl)
    maskedPaths = try fields.decodeIfPresent([String].self, forKey: .maskedPaths)
    readonlyPaths = try fields.decodeIfPresent([String].self, forKey: .readonlyPaths)
    rootfsPropagation = try fields.decodeIfPresent(String.self, forKey: .rootfsPropagation)
    seccomp = try fields.decodeIfPresent(RuntimeSpec.Seccomp.self, forKey: .seccomp)
  }
}
