/// Consecutive numbers of a user namespace and what they are outside (user_namespaces(7)).
public struct IDRange: Equatable, Sendable {
  public var inside: UInt32
  public var outside: UInt32
  public var count: UInt32
  public init(inside: UInt32, outside: UInt32, count: UInt32) {
    self.inside = inside
    self.outside = outside
    self.count = count
  }
}

/// All numbers of a user namespace.
public struct IDRanges: Equatable, Sendable {
  public var users: [IDRange]
  public var groups: [IDRange]
  public init(users: [IDRange], groups: [IDRange]) {
    self.users = users
    self.groups = groups
  }

  /// What user 0 and group 0 are outside; nil: nothing.
  public var root: FileOwner? {
    guard let uid = Self.outside(0, users), let gid = Self.outside(0, groups) else { return nil }
    return FileOwner(uid: uid, gid: gid)
  }

  private static func outside(_ inside: UInt32, _ ranges: [IDRange]) -> UInt32? {
    ranges.first { inside >= $0.inside && inside - $0.inside < $0.count }.map { $0.outside + (inside - $0.inside) }
  }
}
