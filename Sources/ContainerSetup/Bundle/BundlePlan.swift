public import LinuxKit
public import OCI
public import ShimProtocol

/// What is known of the machine and of the caller's wishes when an OCI runtime makes a container.
public struct BundleFacts: Sendable {
  /// The container's control groups, as directories of the host.
  public struct Cgroups: Sendable {
    public struct Directory: Equatable, Sendable {
      /// Of version 1; empty for version 2.
      public var controllers: [String]
      public var path: String
      public init(controllers: [String], path: String) {
        self.controllers = controllers
        self.path = path
      }
    }
    public var view: CgroupView
    public var directories: [Directory]
    /// Whether the container gets a cgroup namespace.
    public var hasNamespace: Bool
    public init(view: CgroupView, directories: [Directory], hasNamespace: Bool) {
      self.view = view
      self.directories = directories
      self.hasNamespace = hasNamespace
    }
  }

  /// Absolute, without links.
  public var bundle: String
  public var cgroups: Cgroups
  /// What this process may do: no container gets more.
  public var capabilities: CapabilitySet
  /// The container gets a user namespace, or joins one.
  public var hasNewUsers: Bool
  /// This process's own hard limit of a resource.
  public var hardLimit: @Sendable (Int32) -> UInt64
  public init(
    bundle: String, cgroups: Cgroups, capabilities: CapabilitySet, hasNewUsers: Bool,
    hardLimit: @escaping @Sendable (Int32) -> UInt64 = { _ in .max }
  ) {
    self.bundle = bundle
    self.cgroups = cgroups
    self.capabilities = capabilities
    self.hasNewUsers = hasNewUsers
    self.hardLimit = hardLimit
  }
}

/// How an OCI runtime makes a container.
public struct BundlePlan: Equatable, Sendable {
  /// Made by `clone3`; the cgroup namespace is made by a step, as is that of users, before the others.
  public var namespaces: Namespaces
  /// To be joined by path.
  public var joins: [RuntimeSpec.Namespace]
  public var steps: [BundleStep]
  /// Descriptor `i` is for `slots[i]`.
  public var slots: [BundleSlot]
  /// What the container gets less of than it asks for.
  public var warnings: [String]
}

/// What a descriptor is that a container needs on its way.
public enum BundleSlot: Equatable, Sendable {
  /// The compiled filter.
  case seccomp
  /// The socket at which `start` is said.
  case start
  /// A detached copy of the mount at a path of the host.
  case tree(path: String, isRecursive: Bool)
  /// The same with other owners of its files, in the mounts below it too where those `mapsBelow`.
  case mappedTree(path: String, isRecursive: Bool, ranges: IDRanges, mapsBelow: Bool)
  /// The user namespace at a path of the host.
  case users(path: String)
}

struct BundleSlots {
  private(set) var all: [BundleSlot] = []
  mutating func add(_ slot: BundleSlot) -> Int {
    all.append(slot)
    return all.count - 1
  }
}

/// Decides how a bundle becomes a container, up to the program itself. Pure. Throws, by the property's name, what is wrong or not supported.
public func bundlePlan(_ spec: RuntimeSpec, _ facts: BundleFacts) throws(SetupError) -> BundlePlan {
  let (made, joins) = try bundleNamespaces(spec)
  guard made.contains(.mount) || joins.contains(where: { $0.type == "mount" }) else {
    throw SetupError("linux.namespaces: there is no mount namespace", hint: "a container without one would change the host's mounts")
  }
  try checkBundle(spec, made: made, joins: joins)
  var slots = BundleSlots()
  var warnings: [String] = []
  var steps: [BundleStep] = []
  func setup(_ more: SetupStep...) { steps += more.map { .setup($0) } }

  setup(.joinCgroups)
  if let entry = bundleUserEntry(spec, &slots) {
    steps += rootSteps(spec.process, facts.hardLimit).map { .setup($0) } + [.setup(.enterUsers(entry))]
  }
  if facts.cgroups.hasNamespace { setup(.unshareCgroup) }
  let root = spec.root.path.hasPrefix("/") ? spec.root.path : facts.bundle + "/" + spec.root.path
  let propagation = spec.linux.rootfsPropagation ?? ""
  if propagation == "shared" || propagation == "rshared" { steps.append(.shareMounts) } else { setup(.isolateMounts) }
  steps.append(.makeParentPrivate(path: root))
  if let name = spec.hostname { setup(.setHostname(name)) }
  if let name = spec.domainname { setup(.setDomainname(name)) }
  setup(.newSession, .bindRoot(path: root, attributes: []))
  steps += try bundleMountSteps(spec, facts, slots: &slots)
  steps += try bundleDeviceSteps(spec, facts, slots: &slots)
  steps.append(.meetParent(.rootPrepared))
  steps += (spec.hooks?.createContainer ?? []).map { .runHook(HookCall($0)) }
  setup(.pivotRoot)
  if let (kind, isRecursive) = try rootPropagation(propagation) { steps.append(.propagate(target: "/", kind, isRecursive: isRecursive)) }
  if spec.process.cwd != "/" { setup(.makeDirectory(target: spec.process.cwd, mode: 0o755)) }
  if made.contains(.network) { setup(.interfaceUp(name: "lo")) }
  for (name, value) in (spec.linux.sysctl ?? [:]).sorted(by: { $0.key < $1.key }) { setup(.sysctl(name: name, value: value)) }
  for path in spec.linux.readonlyPaths ?? [] { setup(.protect(target: path)) }
  for path in spec.linux.maskedPaths ?? [] { setup(.mask(target: path)) }
  if spec.root.readonly == true { setup(.remount(target: "/", attributes: .readOnly, isRecursive: false)) }
  steps += try bundleProcessSteps(
    spec, spec.process, facts.capabilities, isFirst: true, hasUsers: facts.hasNewUsers, &slots, &warnings)
  return BundlePlan(
    namespaces: made.subtracting(.user), joins: joins.filter { $0.type != "user" }, steps: steps, slots: slots.all, warnings: warnings)
}

/// How the container's first process comes into a user namespace of its own; nil: it does not.
private func bundleUserEntry(_ spec: RuntimeSpec, _ slots: inout BundleSlots) -> UserEntry? {
  guard let entry = spec.linux.namespaces.first(where: { $0.type == "user" }) else { return nil }
  let nobody = FileOwner(uid: 65534, gid: 65534)
  if let path = entry.path, !path.isEmpty { return UserEntry(.join(slot: slots.add(.users(path: path))), root: nobody) }
  let ranges = IDRanges(users: idRanges(spec.linux.uidMappings), groups: idRanges(spec.linux.gidMappings))
  return UserEntry(.make(ranges), root: ranges.root ?? nobody)
}

/// How a further process joins a container; `hasUsers`: into a user namespace, beyond which only `hardLimit` may be raised. Pure.
public func bundleExecPlan(
  _ spec: RuntimeSpec, _ process: RuntimeSpec.Process, capabilities: CapabilitySet, hasUsers: Bool = false,
  hardLimit: (Int32) -> UInt64 = { _ in .max }
) throws(SetupError) -> BundlePlan {
  try checkProcess(process)
  var slots = BundleSlots()
  var warnings: [String] = []
  var steps: [BundleStep] = [.setup(.joinCgroups)]
  if hasUsers {
    steps += rootSteps(process, hardLimit).map { .setup($0) }
    steps.append(.setup(.enterUsers(UserEntry(.follow, root: FileOwner(uid: 65534, gid: 65534)))))
  }
  steps.append(.setup(.newSession))
  steps += try bundleProcessSteps(spec, process, capabilities, isFirst: false, hasUsers: hasUsers, &slots, &warnings)
  return BundlePlan(namespaces: [], joins: [], steps: steps, slots: slots.all, warnings: warnings)
}

private func rootPropagation(_ word: String) throws(SetupError) -> (Propagation, Bool)? {
  switch word {
  case "", "private", "rprivate": nil
  case "slave": (.slave, false)
  case "rslave": (.slave, true)
  case "shared": (.shared, false)
  case "rshared": (.shared, true)
  case "unbindable": (.unbindable, false)
  case "runbindable": (.unbindable, true)
  default: throw SetupError("linux.rootfsPropagation: \"\(word)\" is not a kind of propagation")
  }
}

extension HookCall {
  public init(_ hook: RuntimeSpec.Hook) {
    self.init(path: hook.path, arguments: hook.args ?? [hook.path], environment: hook.env ?? [], timeout: hook.timeout)
  }
}
