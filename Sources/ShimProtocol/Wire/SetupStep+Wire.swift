public import LinuxKit

extension SetupStep: WireValue {
  public func write(to w: inout ByteWriter) {
    switch self {
    case .joinCgroups: w.put(0)
    case .unshareCgroup: w.put(1)
    case .setHostname(let name): w.put(2, name)
    case .setDomainname(let name): w.put(3, name)
    case .isolateMounts: w.put(4)
    case .overlayRoot(let directory, let lower, let upper, let work, let attributes): w.put(5, directory, lower, upper, work, attributes)
    case .bindRoot(let path, let attributes): w.put(6, path, attributes)
    case .mount(let type, let target, let options, let attributes): w.put(7, type, target, options, attributes)
    case .bind(let source, let target, let isRecursive, let attributes, let propagation):
      w.put(8, source, target, isRecursive, attributes, propagation)
    case .makeDirectory(let target, let mode): w.put(9, target, mode)
    case .makeSymlink(let target, let pointsTo): w.put(10, target, pointsTo)
    case .makeNode(let target, let kind, let major, let minor, let mode, let uid, let gid):
      w.put(11, target, kind, major, minor, mode, uid, gid)
    case .writeFile(let slot, let target, let mode, let uid, let gid, let user): w.put(12, slot, target, mode, uid, gid, user)
    case .remount(let target, let attributes, let isRecursive): w.put(13, target, attributes, isRecursive)
    case .bindConsole: w.put(14)
    case .pivotRoot: w.put(15)
    case .mask(let target): w.put(16, target)
    case .protect(let target): w.put(17, target)
    case .sysctl(let name, let value): w.put(18, name, value)
    case .awaitStart: w.put(19)
    case .interfaceUp(let name): w.put(20, name)
    case .configureInterface(let origin, let name, let addresses, let mtu): w.put(21, origin, name, addresses, mtu)
    case .defaultRoute(let gateway): w.put(22, gateway)
    case .newSession: w.put(23)
    case .controllingTerminal: w.put(24)
    case .newKeyring: w.put(25)
    case .umask(let mask): w.put(26, mask)
    case .resourceLimit(let resource, let soft, let hard): w.put(27, resource, soft, hard)
    case .oomScoreAdjust(let score): w.put(28, score)
    case .workingDirectory(let target, let createsMissing): w.put(29, target, createsMissing)
    case .boundingCapabilities(let set): w.put(30, set)
    case .becomeUser(let user, let groups): w.put(31, user, groups)
    case .capabilities(let setup): w.put(32, setup)
    case .noNewPrivileges: w.put(33)
    case .dieWithParent: w.put(34)
    case .seccomp(let slot): w.put(35, slot)
    case .execute(let arguments, let environment): w.put(36, arguments, environment)
    case .terminalStreams: w.put(37)
    case .appear: w.put(38)
    case .appArmor(let profile): w.put(39, profile)
    case .enterUsers(let entry): w.put(40, entry)
    case .attachRoot(let slot): w.put(41, slot)
    case .routeByInterface(let name, let isIPv6): w.put(42, name, isIPv6)
    }
  }

  public init(from r: inout ByteReader) throws(WireError) {
    switch try r.integer(UInt8.self) {
    case 0: self = .joinCgroups
    case 1: self = .unshareCgroup
    case 2: self = .setHostname(try .init(from: &r))
    case 3: self = .setDomainname(try .init(from: &r))
    case 4: self = .isolateMounts
    case 5:
      self = .overlayRoot(
        directory: try .init(from: &r), lower: try .init(from: &r), upper: try .init(from: &r), work: try .init(from: &r),
        attributes: try .init(from: &r))
    case 6: self = .bindRoot(path: try .init(from: &r), attributes: try .init(from: &r))
    case 7:
      self = .mount(
        type: try .init(from: &r), target: try .init(from: &r), options: try .init(from: &r), attributes: try .init(from: &r))
    case 8:
      self = .bind(
        source: try .init(from: &r), target: try .init(from: &r), isRecursive: try .init(from: &r), attributes: try .init(from: &r),
        propagation: try .init(from: &r))
    case 9: self = .makeDirectory(target: try .init(from: &r), mode: try .init(from: &r))
    case 10: self = .makeSymlink(target: try .init(from: &r), pointsTo: try .init(from: &r))
    case 11:
      self = .makeNode(
        target: try .init(from: &r), kind: try .init(from: &r), major: try .init(from: &r), minor: try .init(from: &r),
        mode: try .init(from: &r), uid: try .init(from: &r), gid: try .init(from: &r))
    case 12:
      self = .writeFile(
        slot: try .init(from: &r), target: try .init(from: &r), mode: try .init(from: &r), uid: try .init(from: &r),
        gid: try .init(from: &r), user: try .init(from: &r))
    case 13: self = .remount(target: try .init(from: &r), attributes: try .init(from: &r), isRecursive: try .init(from: &r))
    case 14: self = .bindConsole
    case 15: self = .pivotRoot
    case 16: self = .mask(target: try .init(from: &r))
    case 17: self = .protect(target: try .init(from: &r))
    case 18: self = .sysctl(name: try .init(from: &r), value: try .init(from: &r))
    case 19: self = .awaitStart
    case 20: self = .interfaceUp(name: try .init(from: &r))
    case 21:
      self = .configureInterface(
        origin: try .init(from: &r), name: try .init(from: &r), addresses: try .init(from: &r), mtu: try .init(from: &r))
    case 22: self = .defaultRoute(gateway: try .init(from: &r))
    case 23: self = .newSession
    case 24: self = .controllingTerminal
    case 25: self = .newKeyring
    case 26: self = .umask(try .init(from: &r))
    case 27: self = .resourceLimit(resource: try .init(from: &r), soft: try .init(from: &r), hard: try .init(from: &r))
    case 28: self = .oomScoreAdjust(try .init(from: &r))
    case 29: self = .workingDirectory(target: try .init(from: &r), createsMissing: try .init(from: &r))
    case 30: self = .boundingCapabilities(try .init(from: &r))
    case 31: self = .becomeUser(user: try .init(from: &r), groups: try .init(from: &r))
    case 32: self = .capabilities(try .init(from: &r))
    case 33: self = .noNewPrivileges
    case 34: self = .dieWithParent
    case 35: self = .seccomp(slot: try .init(from: &r))
    case 36: self = .execute(arguments: try .init(from: &r), environment: try .init(from: &r))
    case 37: self = .terminalStreams
    case 38: self = .appear
    case 39: self = .appArmor(profile: try .init(from: &r))
    case 40: self = .enterUsers(try .init(from: &r))
    case 41: self = .attachRoot(slot: try .init(from: &r))
    case 42: self = .routeByInterface(name: try .init(from: &r), isIPv6: try .init(from: &r))
    default: throw WireError("unknown step")
    }
  }
}

extension MountOption: WireValue {
  public func write(to writer: inout ByteWriter) {
    key.write(to: &writer)
    value.write(to: &writer)
  }
  public init(from reader: inout ByteReader) throws(WireError) {
    self.init(try .init(from: &reader), try .init(from: &reader))
  }
}

extension BindSource: WireValue {
  public func write(to w: inout ByteWriter) {
    switch self {
    case .path(let path): w.put(0, path)
    case .slot(let slot): w.put(1, slot)
    case .elsewhere(let namespace, let path): w.put(2, namespace, path)
    }
  }
  public init(from r: inout ByteReader) throws(WireError) {
    switch try r.integer(UInt8.self) {
    case 0: self = .path(try .init(from: &r))
    case 1: self = .slot(try .init(from: &r))
    case 2: self = .elsewhere(namespace: try .init(from: &r), path: try .init(from: &r))
    default: throw WireError("unknown bind source")
    }
  }
}

extension CapabilitySetup: WireValue {
  public func write(to writer: inout ByteWriter) {
    for set in [effective, permitted, inheritable, ambient] { set.write(to: &writer) }
  }
  public init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      effective: try .init(from: &reader), permitted: try .init(from: &reader), inheritable: try .init(from: &reader),
      ambient: try .init(from: &reader))
  }
}

extension UserEntry: WireValue {
  public func write(to w: inout ByteWriter) {
    switch way {
    case .make(let ranges): w.put(0, ranges)
    case .join(let slot): w.put(1, slot)
    case .follow: w.put(2)
    }
    root.uid.write(to: &w)
    root.gid.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    let way: Way
    switch try r.integer(UInt8.self) {
    case 0: way = .make(try .init(from: &r))
    case 1: way = .join(slot: try .init(from: &r))
    case 2: way = .follow
    default: throw WireError("unknown way into a user namespace")
    }
    self.init(way, root: FileOwner(uid: try .init(from: &r), gid: try .init(from: &r)))
  }
}

extension IDRanges: WireValue {
  public func write(to writer: inout ByteWriter) {
    users.write(to: &writer)
    groups.write(to: &writer)
  }
  public init(from reader: inout ByteReader) throws(WireError) {
    self.init(users: try .init(from: &reader), groups: try .init(from: &reader))
  }
}

extension IDRange: WireValue {
  public func write(to writer: inout ByteWriter) {
    inside.write(to: &writer)
    outside.write(to: &writer)
    count.write(to: &writer)
  }
  public init(from reader: inout ByteReader) throws(WireError) {
    self.init(inside: try .init(from: &reader), outside: try .init(from: &reader), count: try .init(from: &reader))
  }
}
