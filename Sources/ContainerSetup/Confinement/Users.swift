public import LinuxKit
import OCI
import ShimProtocol
public import StackModel

/// Refuses what a container with a user namespace of its own cannot have of the host, by the key's name, as Docker does.
public func checkUserNamespace(_ options: ContainerOptions) throws(SetupError) {
  guard options.users?.mapping != nil else { return }
  let kept: [(Bool, String)] = [
    (options.isPrivileged, "privileged: true"), (options.network == .host, "network_mode: host"), (options.usesHostPID, "pid: host"),
    (options.usesHostIPC, "ipc: host"), (options.usesHostUTS, "uts: host"),
  ]
  for (isSo, words) in kept where isSo {
    throw SetupError(
      "\(words): not in a user namespace of its own, which the engine's setting userns-remap gives it",
      hint: "add userns_mode: host, or remove \(words)")
  }
  for (index, step) in (options.hooks?.beforeStart ?? []).enumerated() where step.isPrivileged {
    throw SetupError(
      "pre_start[\(index)].privileged: not in a user namespace of its own, which the engine's setting userns-remap gives it",
      hint: "add userns_mode: host, or remove privileged")
  }
}

extension UserMapping {
  /// The same for the kernel.
  public var ranges: IDRanges {
    func ranges(_ list: [Range]) -> [IDRange] { list.map { IDRange(inside: $0.inside, outside: $0.outside, count: $0.count) } }
    return IDRanges(users: ranges(users), groups: ranges(groups))
  }

  /// Its root in the host's numbers.
  public var root: FileOwner { ranges.root ?? FileOwner(uid: 65534, gid: 65534) }

  var entries: (users: [RuntimeSpec.IDMapping], groups: [RuntimeSpec.IDMapping]) {
    func entries(_ list: [Range]) -> [RuntimeSpec.IDMapping] {
      list.map { RuntimeSpec.IDMapping(containerID: $0.inside, hostID: $0.outside, size: $0.count) }
    }
    return (entries(users), entries(groups))
  }
}

/// How the container's first process comes into its user namespace.
func userEntry(_ inputs: ContainerInputs, _ slots: SlotTable) -> SetupStep? {
  guard let users = inputs.users else { return nil }
  let way = slots[.users].map { UserEntry.Way.join(slot: $0) } ?? .make(users.ranges)
  return .enterUsers(UserEntry(way, root: users.root))
}
