public import LinuxKit

/// A step of a container that an OCI runtime makes for a caller, beside those that a shim knows. The parent is the runtime's `create`; who
/// says `start` is another process, through a socket, when the parent is gone.
public enum BundleStep: Equatable, Sendable {
  /// As a shim does it.
  case setup(SetupStep)
  /// Tell the parent that this point is reached, and wait until it has done its part. It answers with the container's state.
  case meetParent(Meeting)
  /// Make the mount that a path of the host lies on private, so that what is mounted below it is not seen elsewhere (`pivot_root(2)` needs it).
  case makeParentPrivate(path: String)
  /// Keep sharing mounts with the host, as `rootfsPropagation: rshared` asks for.
  case shareMounts
  /// Change the propagation of the mount on `target`.
  case propagate(target: String, Propagation, isRecursive: Bool)
  /// A tmpfs, that gets the mode of the directory beneath unless `options` say one; `copiesUp`: and what is in it.
  case mountTmpfs(target: String, options: [MountOption], attributes: MountAttributes, copiesUp: Bool)
  /// A device node; what is there already stays when it is the same. In a user namespace the host's is bound instead (`slot`).
  case makeDevice(target: String, kind: NodeKind, major: UInt32, minor: UInt32, mode: UInt32, uid: UInt32, gid: UInt32, slot: Int?)
  /// A symbolic link; `replaces` what is there, or leaves it.
  case makeLink(target: String, pointsTo: String, replaces: Bool)
  /// Run a hook in the container's namespaces, with the container's state on its standard input.
  case runHook(HookCall)
  /// Look for the program, so that a missing one is known before `start`. From here on nothing is looked up any more.
  case resolveProgram(arguments: [String], environment: [String], uid: UInt32)
  /// Report that all is made, then wait at the listening socket for `start`; it brings the container's state.
  case acceptStart(slot: Int)
  /// Give the standard streams to the user.
  case giveStreams(uid: UInt32)
  /// Become a user, by numbers, keeping permitted capabilities.
  case becomeIDs(uid: UInt32, gid: UInt32, groups: [UInt32])
  /// Load the BPF program in the descriptor, with flags of `seccomp(2)`.
  case loadFilter(slot: Int, flags: UInt32)
  /// Run the program that was resolved.
  case executeResolved
}

/// Where a container waits for its parent.
public enum Meeting: UInt8, Equatable, Sendable {
  /// The root file system is complete, and nothing is pivoted yet: the moment for hooks.
  case rootPrepared
}

/// A program that is run at a moment of a container's life.
public struct HookCall: Equatable, Sendable {
  public var path: String
  public var arguments: [String]
  public var environment: [String]
  /// Seconds.
  public var timeout: Int?
  public init(path: String, arguments: [String], environment: [String], timeout: Int?) {
    self.path = path
    self.arguments = arguments
    self.environment = environment
    self.timeout = timeout
  }
}

extension BundleStep: CustomStringConvertible {
  /// One line in the kernel's words.
  public var description: String {
    switch self {
    case .setup(let step): step.description
    case .meetParent(let meeting): "meet parent: \(meeting)"
    case .makeParentPrivate(let path): "mount private the parent of \(path)"
    case .shareMounts: "mount / rshared"
    case .propagate(let target, let propagation, let isRecursive): "mount \(target) \(isRecursive ? "r" : "")\(propagation)"
    case .mountTmpfs(let target, let options, let attributes, let copiesUp):
      SetupStep.mount(type: "tmpfs", target: target, options: options, attributes: attributes).description + (copiesUp ? " copy up" : "")
    case .makeDevice(let target, let kind, let major, let minor, let mode, let uid, let gid, let slot):
      slot.map { "bind slot \($0) \(target)" }
        ?? SetupStep.makeNode(target: target, kind: kind, major: major, minor: minor, mode: mode, uid: uid, gid: gid).description
    case .makeLink(let target, let pointsTo, _): "symlink \(target) -> \(pointsTo)"
    case .runHook(let hook): "hook \(hook.path)"
    case .resolveProgram(let arguments, _, _): "resolve \(arguments.first ?? "")"
    case .acceptStart: "accept start"
    case .giveStreams(let uid): "give streams to \(uid)"
    case .becomeIDs(let uid, let gid, let groups): "user \(uid):\(gid) groups \(groups.map(String.init).joined(separator: ","))"
    case .loadFilter(let slot, let flags): "seccomp slot \(slot) flags \(flags)"
    case .executeResolved: "exec"
    }
  }
}
