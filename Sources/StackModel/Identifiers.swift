/// A name that is a type of its own, so that a service cannot be passed where a network is meant.
///
/// Encodes as a plain string, also as a dictionary key.
public protocol Identifier: RawRepresentable, Hashable, Comparable, Codable, Sendable, CodingKeyRepresentable,
  CustomStringConvertible, ExpressibleByStringLiteral
where RawValue == String {
  init(rawValue: String)
}

extension Identifier {
  public init(_ rawValue: String) { self.init(rawValue: rawValue) }
  public init(stringLiteral value: String) { self.init(rawValue: value) }
  public var description: String { rawValue }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A project: the unit of `up` and `down`. `[a-z0-9][a-z0-9_-]*` (Compose Specification, "Name top-level element").
public struct ProjectName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A service's key in the stack file.
public struct ServiceName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A job's key in the stack file. No service of the stack has the same.
public struct JobName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  /// As its containers have it, where those of services have their service.
  public var service: ServiceName { ServiceName(rawValue) }
}

/// A network's full name on this machine, `shop_default` for the key `default` of the project `shop`.
public struct NetworkName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A named volume's full name on this machine, `shop_data` for the key `data` of the project `shop`.
public struct VolumeName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A secret's key in the stack file.
public struct SecretName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A config's key in the stack file.
public struct ConfigName: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A container's id: 64 lower-case hexadecimal digits, as Docker's.
public struct ContainerID: Identifier {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The first twelve digits, which is what people see.
  public var short: String { String(rawValue.prefix(12)) }
}
