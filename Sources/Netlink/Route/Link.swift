/// A network interface as the kernel lists it.
public struct Link: Equatable, Sendable {
  public var index: Int32
  public var name: String
  public var mac: MACAddress?
  public var mtu: UInt32
  public var isUp: Bool
  /// The index of the bridge it is a port of.
  public var master: Int32?
  /// `bridge`, `veth`…; nil for hardware.
  public var kind: String?

  init?(_ message: ReceivedMessage) {
    guard message.type == RouteMessage.newLink, let index = message.payload.integer(at: 4, as: Int32.self),
      let flags = message.payload.integer(at: 8, as: UInt32.self)
    else { return nil }
    self.index = index
    name = ""
    mtu = 0
    isUp = flags & 1 != 0
    for (type, value) in AttributeReader(message.payload.dropFirst(16)) {
      switch type {
      case LinkAttribute.name: name = value.text
      case LinkAttribute.address: mac = MACAddress(bytes: value)
      case LinkAttribute.mtu: mtu = value.integer(at: 0, as: UInt32.self) ?? 0
      case LinkAttribute.master: master = value.integer(at: 0, as: Int32.self)
      case LinkAttribute.info: kind = AttributeReader(value).first { $0.type == LinkAttribute.kind }?.value.text
      default: break
      }
    }
  }
}

/// An address of an interface.
public struct LinkAddress: Equatable, Sendable {
  /// The interface.
  public var index: Int32
  public var address: CIDR

  init?(_ message: ReceivedMessage) {
    guard message.type == RouteMessage.newAddress, let prefix = message.payload.integer(at: 1, as: UInt8.self),
      let index = message.payload.integer(at: 4, as: Int32.self)
    else { return nil }
    var found: IPAddress?
    for (type, value) in AttributeReader(message.payload.dropFirst(8)) {
      // IFA_LOCAL is the own address; IFA_ADDRESS is the peer's on point-to-point links, and the only one of IPv6.
      if type == AddressAttribute.local || (type == AddressAttribute.address && found == nil) {
        found = IPAddress(bytes: value)
      }
    }
    guard let found else { return nil }
    self.index = index
    address = CIDR(found, prefix: Int(prefix))
  }
}

/// A route of the main table.
public struct Route: Equatable, Sendable {
  /// nil: the default route.
  public var destination: CIDR?
  public var gateway: IPAddress?
  /// The outgoing interface.
  public var index: Int32?

  init?(_ message: ReceivedMessage) {
    let header = message.payload
    guard message.type == RouteMessage.newRoute, let length = header.integer(at: 1, as: UInt8.self),
      header.integer(at: 4, as: UInt8.self) == RouteAttribute.mainTable,
      header.integer(at: 7, as: UInt8.self) == RouteAttribute.unicast
    else { return nil }
    for (type, value) in AttributeReader(header.dropFirst(12)) {
      switch type {
      case RouteAttribute.destination: destination = IPAddress(bytes: value).map { CIDR($0, prefix: Int(length)) }
      case RouteAttribute.gateway: gateway = IPAddress(bytes: value)
      case RouteAttribute.outgoing: index = value.integer(at: 0, as: Int32.self)
      default: break
      }
    }
  }
}
