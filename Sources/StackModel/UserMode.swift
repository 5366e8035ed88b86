/// Whose user namespace a container has.
public enum UserMode: Sendable, Codable, Equatable {
  /// `userns_mode: host`: also where the engine gives containers one of their own.
  case host
  /// One of its own, with these numbers: the engine's setting `userns-remap`.
  case remapped(UserMapping)

  /// The numbers of a namespace of its own.
  public var mapping: UserMapping? {
    if case .remapped(let mapping) = self { mapping } else { nil }
  }
}

/// The numbers of a user namespace and what they are on the host (subuid(5)).
public struct UserMapping: Sendable, Codable, Hashable {
  /// Consecutive numbers.
  public struct Range: Sendable, Codable, Hashable {
    public var inside: UInt32
    public var outside: UInt32
    public var count: UInt32
    public init(inside: UInt32, outside: UInt32, count: UInt32) {
      self.inside = inside
      self.outside = outside
      self.count = count
    }
  }
  public var users: [Range]
  public var groups: [Range]
  public init(users: [Range], groups: [Range]) {
    self.users = users
    self.groups = groups
  }
}

extension UserMapping: CustomStringConvertible {
  /// `165536:65536`, as in /etc/subuid; groups only where they differ.
  public var description: String {
    users == groups ? Self.text(users) : "users \(Self.text(users)), groups \(Self.text(groups))"
  }

  private static func text(_ ranges: [Range]) -> String {
    ranges.map { "\($0.outside):\($0.count)" }.joined(separator: "+")
  }
}
