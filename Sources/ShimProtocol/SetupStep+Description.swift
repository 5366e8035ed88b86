import LinuxKit

extension SetupStep: CustomStringConvertible {
  /// One line in the kernel's words: `mount proc /proc nosuid,nodev,noexec`. Never the content of a file or the environment.
  public var description: String {
    switch self {
    case .joinCgroups: "join cgroups"
    case .unshareCgroup: "unshare cgroup"
    case .enterUsers(let entry): "user namespace \(entry)"
    case .attachRoot(let slot): "root slot \(slot)"
    case .setHostname(let name): "sethostname \(name)"
    case .setDomainname(let name): "setdomainname \(name)"
    case .isolateMounts: "mount / rslave"
    case .overlayRoot(let directory, let lower, let upper, let work, let attributes):
      "overlay root \(directory) lower=\(lower.joined(separator: ":")) upper=\(upper) work=\(work)\(Self.text(attributes))"
    case .bindRoot(let path, let attributes): "bind root \(path)\(Self.text(attributes))"
    case .mount(let type, let target, let options, let attributes):
      "mount \(type) \(target)\(Self.text(options))\(Self.text(attributes))"
    case .bind(let source, let target, let isRecursive, let attributes, let propagation):
      "\(isRecursive ? "rbind" : "bind") \(source) \(target)\(Self.text(attributes))" + (propagation.map { " \($0)" } ?? "")
    case .makeDirectory(let target, let mode): "mkdir \(target) 0\(String(mode, radix: 8))"
    case .makeSymlink(let target, let pointsTo): "symlink \(target) -> \(pointsTo)"
    case .makeNode(let target, let kind, let major, let minor, let mode, let uid, let gid):
      "mknod \(target) \(kind) \(major):\(minor) 0\(String(mode, radix: 8)) \(uid):\(gid)"
    case .writeFile(let slot, let target, let mode, let uid, let gid, let user):
      "write \(target) from slot \(slot) 0\(String(mode, radix: 8)) \(uid):\(gid)" + (user.isEmpty ? "" : " of \(user)")
    case .remount(let target, let attributes, let isRecursive):
      "\(isRecursive ? "rremount" : "remount") \(target)\(Self.text(attributes))"
    case .bindConsole: "bind /dev/console"
    case .pivotRoot: "pivot_root"
    case .mask(let target): "mask \(target)"
    case .protect(let target): "read-only \(target)"
    case .sysctl(let name, let value): "sysctl \(name)=\(value)"
    case .awaitStart: "await start"
    case .interfaceUp(let name): "link \(name) up"
    case .configureInterface(let origin, let name, let addresses, let mtu):
      "link \(origin) name \(name) mtu \(mtu) address \(addresses.joined(separator: ","))"
    case .defaultRoute(let gateway): "route default via \(gateway)"
    case .routeByInterface(let name, let isIPv6): "route \(isIPv6 ? "::/0" : "default") dev \(name)"
    case .newSession: "setsid"
    case .controllingTerminal: "controlling terminal"
    case .terminalStreams: "terminal streams"
    case .appear: "appear"
    case .newKeyring: "new session keyring"
    case .umask(let mask): "umask 0\(String(mask, radix: 8))"
    case .resourceLimit(let resource, let soft, let hard): "rlimit \(resource) \(soft):\(hard)"
    case .oomScoreAdjust(let score): "oom_score_adj \(score)"
    case .workingDirectory(let target, let createsMissing): "chdir \(target)" + (createsMissing ? " (make)" : "")
    case .boundingCapabilities(let set): "caps bounding \(set.hex)"
    case .becomeUser(let user, let groups): "user \(user)" + (groups.isEmpty ? "" : " groups \(groups.joined(separator: ","))")
    case .capabilities(let setup):
      "caps effective \(setup.effective.hex) permitted \(setup.permitted.hex) inheritable \(setup.inheritable.hex) ambient \(setup.ambient.hex)"
    case .noNewPrivileges: "no_new_privs"
    case .appArmor(let profile): "apparmor \(profile)"
    case .dieWithParent: "die with parent"
    case .seccomp(let slot): "seccomp slot \(slot)"
    case .execute(let arguments, _): "exec \(arguments.joined(separator: " "))"
    }
  }

  private static func text(_ options: [MountOption]) -> String {
    options.isEmpty ? "" : " " + options.map(\.description).joined(separator: ",")
  }

  private static func text(_ attributes: MountAttributes) -> String {
    let names: [(MountAttributes, String)] = [
      (.readOnly, "ro"), (.noSuid, "nosuid"), (.noDev, "nodev"), (.noExec, "noexec"), (.noAccessTime, "noatime"),
      (.strictAccessTime, "strictatime"), (.noSymlinkFollow, "nosymfollow"),
    ]
    let present = names.filter { attributes.contains($0.0) }.map(\.1)
    return present.isEmpty ? "" : " " + present.joined(separator: ",")
  }
}

extension MountOption: CustomStringConvertible {
  /// `size=64m`, or `ro`.
  public var description: String {
    if let value { key + "=" + value } else { key }
  }
}

extension BindSource: CustomStringConvertible {
  public var description: String {
    switch self {
    case .path(let path): path
    case .slot(let slot): "slot \(slot)"
    case .elsewhere(let namespace, let path): "\(path) of slot \(namespace)"
    }
  }
}

extension UserEntry: CustomStringConvertible {
  /// `0:165536:65536`, `slot 3`.
  public var description: String {
    switch way {
    case .make(let ranges):
      ranges.users == ranges.groups
        ? Self.text(ranges.users) : "users \(Self.text(ranges.users)) groups \(Self.text(ranges.groups))"
    case .join(let slot): "slot \(slot)"
    case .follow: "of the container"
    }
  }

  private static func text(_ ranges: [IDRange]) -> String {
    ranges.map { "\($0.inside):\($0.outside):\($0.count)" }.joined(separator: ",")
  }
}

extension CapabilitySet {
  fileprivate var hex: String { String(rawValue, radix: 16) }
}
