/// One table with everything in it. A value: nothing happens until it is sent with `NftablesSocket`.
public struct Table: Equatable, Sendable {
  public var name: String
  /// nil: `inet`, which is both.
  public var family: Expression.Family?
  public var sets: [ElementSet]
  public var chains: [Chain]
  public init(name: String, family: Expression.Family? = nil, sets: [ElementSet], chains: [Chain]) {
    self.name = name
    self.family = family
    self.sets = sets
    self.chains = chains
  }
}

/// A chain of rules; with a hook it sees packets, without it must be jumped to.
public struct Chain: Equatable, Sendable {
  public var name: String
  public var hook: Hook?
  public var rules: [Rule]
  public init(name: String, hook: Hook? = nil, rules: [Rule]) {
    self.name = name
    self.hook = hook
    self.rules = rules
  }

  /// Where in the kernel's path of a packet a chain sits. Its policy is `accept`.
  public struct Hook: Equatable, Sendable {
    public enum Kind: String, Sendable { case filter, nat }
    /// `NF_INET_*`.
    public enum Place: UInt32, Sendable { case prerouting, input, forward, output, postrouting }
    public var kind: Kind
    public var place: Place
    /// Lower comes first: raw -300, dstnat -100, filter 0, srcnat 100.
    public var priority: Int32
    public init(_ kind: Kind, _ place: Place, priority: Int32) {
      self.kind = kind
      self.place = place
      self.priority = priority
    }
  }
}

/// The steps of one rule; the first that does not match ends it.
public struct Rule: Equatable, Sendable {
  public var expressions: [Expression]
  public init(_ expressions: Expression...) { self.expressions = expressions }
  public init(_ parts: [Expression]...) { expressions = parts.flatMap { $0 } }
}

/// A named set, or a map when it has a data type.
public struct ElementSet: Equatable, Sendable {
  public var name: String
  public var key: [FieldType]
  /// Empty for a set.
  public var data: [FieldType]
  public var elements: [Element]
  public init(name: String, key: [FieldType], data: [FieldType] = [], elements: [Element] = []) {
    self.name = name
    self.key = key
    self.data = data
    self.elements = elements
  }
}

/// One element: its fields, each of the length of its type, one after another.
public struct Element: Hashable, Sendable {
  public var key: [Field]
  /// Empty in a set.
  public var data: [Field]
  public init(_ key: Field..., data: [Field] = []) { self.init(key: key, data: data) }
  public init(key: [Field], data: [Field] = []) {
    self.key = key
    self.data = data
  }
}

/// What a part of a key or of data is, with nft's numbers for types, so that `nft list` prints it.
public enum FieldType: UInt32, Sendable {
  case ipv4Address = 7
  case ipv6Address = 8
  case transport = 12
  case port = 13
  /// A number in the machine's byte order.
  case mark = 19
  case interfaceName = 41

  /// In bytes, padded to whole registers of four.
  var length: UInt32 { self == .interfaceName || self == .ipv6Address ? 16 : 4 }
}

/// A value in a key or in data.
public enum Field: Hashable, Sendable {
  case ipv4Address(IPv4Address)
  case ipv6Address(IPv6Address)
  /// An IP protocol number: 6 is TCP, 17 is UDP.
  case transport(UInt8)
  case port(UInt16)
  case mark(UInt32)
  case interfaceName(String)

  public static func address(_ address: IPAddress) -> Field {
    switch address {
    case .v4(let address): .ipv4Address(address)
    case .v6(let address): .ipv6Address(address)
    }
  }

  /// As in the registers: network order, padded with zeros to the type's length.
  var bytes: [UInt8] {
    switch self {
    case .ipv4Address(let address): address.bytes
    case .ipv6Address(let address): address.bytes
    case .transport(let number): [number, 0, 0, 0]
    case .port(let number): [UInt8(number >> 8), UInt8(number & 0xFF), 0, 0]
    case .mark(let number): withUnsafeBytes(of: number) { Array($0) }
    case .interfaceName(let name): paddedName(name)
    }
  }
}

/// An interface's name as the kernel compares it: sixteen bytes.
func paddedName(_ name: String) -> [UInt8] {
  let bytes = Array(name.utf8.prefix(15))
  return bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
}
