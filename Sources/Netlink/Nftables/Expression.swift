/// One step of a rule (`nft --debug=netlink` prints the same).
public enum Expression: Equatable, Sendable {
  /// Loads a fact about the packet.
  case meta(Meta, into: Register)
  /// Loads bytes of the network or transport header.
  case payload(Header, offset: UInt32, length: UInt32, into: Register)
  /// Loads the state or status of the packet's connection.
  case connection(Connection, into: Register)
  /// Loads a random number below the modulus (`numgen random mod N`).
  case random(UInt32, into: Register)
  /// Loads the type of the destination address (`fib daddr type`).
  case destinationType(into: Register)
  /// Goes on when the connection's destination was rewritten, in the words of iptables (`-m conntrack --ctstate DNAT`), whose chains take no other.
  case isRedirectedForTables
  /// Keeps the bits of `mask`.
  case mask(Register, UInt32)
  /// Goes on when the register has, or has not, that value.
  case compare(Register, Comparison, [UInt8])
  /// Goes on when the register is, or is not, in the set.
  case isIn(String, Register, negated: Bool = false)
  /// Goes on when the register is a key of the map, and loads the data.
  case find(String, Register, into: Register)
  /// Rewrites the destination to the address and port in the registers.
  case dnat(Family, address: Register, port: Register)
  /// Loads bytes that are always the same.
  case constant([UInt8], into: Register)
  /// Sends a copy of the packet out of the interface whose index is in `device`, to the neighbour in `address` (`dup`); not in the family `inet`.
  case duplicate(address: Register, device: Register)
  /// Rewrites the source to the outgoing interface's address.
  case masquerade
  case verdict(Verdict)

  public enum Meta: UInt32, Sendable { case inputName = 6, outputName = 7, networkProtocol = 15, transport = 16 }
  /// `NFPROTO_*`.
  public enum Family: UInt32, Sendable { case ipv4 = 2, ipv6 = 10 }
  public enum Header: UInt32, Sendable { case network = 1, transport = 2 }
  public enum Connection: UInt32, Sendable { case state = 0, status = 2 }
  public enum Comparison: UInt32, Sendable { case equal = 0, notEqual = 1 }
  public enum Verdict: Equatable, Sendable {
    case accept
    case drop
    /// Back to the chain that has jumped here.
    case back
    case jump(String)
  }

  /// The sixteen registers of four bytes, `NFT_REG32_00` being the first.
  public struct Register: Equatable, Sendable {
    let number: UInt32
    /// - Parameter index: 0…15; an interface's name takes four of them.
    public init(_ index: UInt32) { number = 8 + index }
  }
}

extension Expression {
  /// Writes `NFTA_LIST_ELEM` with the expression's name and attributes.
  func write(to list: inout MessageWriter) {
    list.nested(1) { element in
      element.attribute(1, name)
      element.nested(2) { attributes(&$0) }
    }
  }

  private var name: String {
    switch self {
    case .meta: "meta"
    case .payload: "payload"
    case .connection: "ct"
    case .random: "numgen"
    case .destinationType: "fib"
    case .isRedirectedForTables: "match"
    case .mask: "bitwise"
    case .compare: "cmp"
    case .isIn, .find: "lookup"
    case .dnat: "nat"
    case .duplicate: "dup"
    case .masquerade: "masq"
    case .constant, .verdict: "immediate"
    }
  }

  /// The attributes with the numbers of `linux/netfilter/nf_tables.h`.
  private func attributes(_ writer: inout MessageWriter) {
    switch self {
    case .meta(let key, let register):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: key.rawValue)
    case .payload(let header, let offset, let length, let register):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: header.rawValue)
      writer.attribute(3, bigEndian: offset)
      writer.attribute(4, bigEndian: length)
    case .connection(let key, let register):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: key.rawValue)
    case .random(let modulus, let register):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: modulus)
      writer.attribute(3, bigEndian: UInt32(1))  // NFT_NG_RANDOM
    case .destinationType(let register):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: UInt32(3))  // NFT_FIB_RESULT_ADDRTYPE
      writer.attribute(3, bigEndian: UInt32(2))  // NFTA_FIB_F_DADDR
    case .isRedirectedForTables:
      // `struct xt_conntrack_mtinfo3`: which facts are compared is at 146 (the state), the states at 150 (DNAT).
      var info = [UInt8](repeating: 0, count: 168)
      (info[146], info[150]) = (1, 1 << 7)
      writer.attribute(1, "conntrack")
      writer.attribute(2, bigEndian: UInt32(3))
      writer.attribute(3, bytes: info)
    case .mask(let register, let mask):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: register.number)
      writer.attribute(3, bigEndian: UInt32(4))
      writer.nested(4) { $0.attribute(1, mask) }
      writer.nested(5) { $0.attribute(1, UInt32(0)) }
    case .compare(let register, let comparison, let bytes):
      writer.attribute(1, bigEndian: register.number)
      writer.attribute(2, bigEndian: comparison.rawValue)
      writer.nested(3) { $0.attribute(1, bytes: bytes) }
    case .isIn(let set, let register, let negated):
      writer.attribute(1, set)
      writer.attribute(2, bigEndian: register.number)
      if negated { writer.attribute(5, bigEndian: UInt32(1)) }
    case .find(let map, let register, let result):
      writer.attribute(1, map)
      writer.attribute(2, bigEndian: register.number)
      writer.attribute(3, bigEndian: result.number)
    case .dnat(let family, let address, let port):
      writer.attribute(1, bigEndian: UInt32(1))  // NFT_NAT_DNAT
      writer.attribute(2, bigEndian: family.rawValue)
      writer.attribute(3, bigEndian: address.number)
      writer.attribute(5, bigEndian: port.number)
    case .constant(let bytes, let register):
      writer.attribute(1, bigEndian: register.number)
      writer.nested(2) { $0.attribute(1, bytes: bytes) }
    case .duplicate(let address, let device):
      writer.attribute(1, bigEndian: address.number)
      writer.attribute(2, bigEndian: device.number)
    case .masquerade: break
    case .verdict(let verdict):
      writer.attribute(1, bigEndian: UInt32(0))  // NFT_REG_VERDICT
      writer.nested(2) { data in data.nested(2) { verdict.write(to: &$0) } }
    }
  }
}

extension Expression.Verdict {
  fileprivate func write(to writer: inout MessageWriter) {
    switch self {
    case .drop: writer.attribute(1, bigEndian: Int32(0))
    case .accept: writer.attribute(1, bigEndian: Int32(1))
    case .back: writer.attribute(1, bigEndian: Int32(-5))
    case .jump(let chain):
      writer.attribute(1, bigEndian: Int32(-3))
      writer.attribute(2, chain)
    }
  }
}
