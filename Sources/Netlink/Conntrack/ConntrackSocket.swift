import Glibc

/// The kernel's table of connections (`nf_conntrack`), in the network namespace of the thread that opened it.
public struct ConntrackSocket: ~Copyable, Sendable {
  private var socket: NetlinkSocket

  public init() throws(NetlinkError) { socket = try NetlinkSocket(.netfilter) }

  /// Forgets the flows of a transport to any of these ports, so that their next packets are looked at by the rules of now.
  ///
  /// UDP needs it: a client that keeps sending keeps its flow, and with it what the rules said when it began.
  /// - Parameters:
  ///   - transport: an IP protocol number.
  ///   - addresses: destination addresses before any rewriting; nil: all.
  ///   - ports: destination ports before any rewriting.
  public mutating func forget(transport: UInt8, addresses: Set<IPAddress>? = nil, ports: Set<UInt16>) throws(NetlinkError) {
    for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
      let ofFamily = addresses?.filter { $0.family == family }
      if ofFamily?.isEmpty == true { continue }
      // The kernel's filter takes those that an address of IPv6 is not for those that it is (`ctnetlink_filter_match_tuple`, seen in 6.18).
      guard family == UInt8(AF_INET) || ofFamily == nil else {
        try forgetOneByOne(family, transport, ofFamily, ports)
        continue
      }
      do {
        try forgetByFilter(family, transport, ofFamily, ports)
      } catch  where error.errno == EINVAL || error.errno == EOPNOTSUPP {
        try forgetOneByOne(family, transport, ofFamily, ports)
      }
    }
  }

  /// Lets the kernel find them, which looks into no bucket of its table that is empty: a hundredth of the time of a dump, which locks each.
  /// Kernels before 6.8 take no filter here: to them a flow without its source is no flow (`EINVAL`).
  private mutating func forgetByFilter(
    _ family: UInt8, _ transport: UInt8, _ addresses: Set<IPAddress>?, _ ports: Set<UInt16>
  ) throws(NetlinkError) {
    let addresses: [IPAddress?] = addresses.map(Array.init) ?? [nil]
    for port in ports {
      for address in addresses {
        var deletion = socket.writer()
        deletion.message(type: ConntrackMessage.delete, flags: HeaderFlags.request | HeaderFlags.ack) { writer in
          // Of a version of 0 the kernel takes flows of every family.
          writer.netfilterHeader(family: family, version: 1)
          writer.nested(Attribute.original) { writer in
            if let address { writer.nested(Attribute.addresses) { $0.attribute(Attribute.destinationIPv4, bytes: address.bytes) } }
            writer.nested(Attribute.transport) {
              $0.attribute(Attribute.transportNumber, transport)
              $0.attribute(Attribute.destinationPort, bigEndian: port)
            }
          }
          writer.nested(Attribute.filter) {
            $0.attribute(
              Attribute.originalFlags, FilterFlags.transport | FilterFlags.destinationPort | (address == nil ? 0 : FilterFlags.destination))
          }
        }
        try transact(deletion)
      }
    }
  }

  private mutating func forgetOneByOne(
    _ family: UInt8, _ transport: UInt8, _ addresses: Set<IPAddress>?, _ ports: Set<UInt16>
  ) throws(NetlinkError) {
    var request = socket.writer()
    request.message(type: ConntrackMessage.get, flags: HeaderFlags.request | HeaderFlags.dump) { $0.netfilterHeader(family: family) }
    var flows: [[UInt8]] = []
    try socket.dump(request, operation: "list connections") { message in
      guard let tuple = original(message), isTo(tuple, transport, ports), addresses.map({ isTo(tuple, $0) }) != false else { return }
      flows.append(Array(tuple))
    }
    for flow in flows {
      var deletion = socket.writer()
      deletion.message(type: ConntrackMessage.delete, flags: HeaderFlags.request | HeaderFlags.ack) { writer in
        writer.netfilterHeader(family: family)
        writer.nested(Attribute.original) { $0.append(flow) }
      }
      try transact(deletion)
    }
  }

  /// A flow that has just ended is what we want.
  private mutating func transact(_ deletion: MessageWriter) throws(NetlinkError) {
    do { try socket.transact(deletion, operations: ["forget a connection"]) } catch  where error.errno == ENOENT {}
  }
}

/// `CTA_TUPLE_ORIG`.
private func original(_ message: ReceivedMessage) -> ArraySlice<UInt8>? {
  guard message.type == ConntrackMessage.new else { return nil }
  return AttributeReader(message.payload.dropFirst(4)).first { $0.type == Attribute.original }?.value
}

private func isTo(_ tuple: ArraySlice<UInt8>, _ transport: UInt8, _ ports: Set<UInt16>) -> Bool {
  guard let part = AttributeReader(tuple).first(where: { $0.type == Attribute.transport })?.value else { return false }
  var (number, port): (UInt8?, UInt16?) = (nil, nil)
  for (type, value) in AttributeReader(part) {
    if type == Attribute.transportNumber { number = value.first }
    if type == Attribute.destinationPort { port = value.integer(at: 0, as: UInt16.self).map { UInt16(bigEndian: $0) } }
  }
  return number == transport && port.map(ports.contains) == true
}

private func isTo(_ tuple: ArraySlice<UInt8>, _ addresses: Set<IPAddress>) -> Bool {
  guard let part = AttributeReader(tuple).first(where: { $0.type == Attribute.addresses })?.value else { return false }
  let types = [Attribute.destinationIPv4, Attribute.destinationIPv6]
  guard let bytes = AttributeReader(part).first(where: { types.contains($0.type) })?.value else { return false }
  return IPAddress(bytes: bytes).map(addresses.contains) == true
}

/// Message types of `nfnetlink_conntrack`.
private enum ConntrackMessage {
  static let new: UInt16 = 1 << 8
  static let get: UInt16 = 1 << 8 | 1
  static let delete: UInt16 = 1 << 8 | 2
}

/// Attributes of `nfnetlink_conntrack.h`: of a message, of its `CTA_TUPLE_ORIG`, and of what these hold.
private enum Attribute {
  /// `CTA_TUPLE_ORIG`, `CTA_FILTER`.
  static let original: UInt16 = 1, filter: UInt16 = 25
  /// `CTA_TUPLE_IP`, `CTA_TUPLE_PROTO`.
  static let addresses: UInt16 = 1, transport: UInt16 = 2
  /// `CTA_IP_V4_DST`, `CTA_IP_V6_DST`.
  static let destinationIPv4: UInt16 = 2, destinationIPv6: UInt16 = 4
  /// `CTA_PROTO_NUM`, `CTA_PROTO_DST_PORT`.
  static let transportNumber: UInt16 = 1, destinationPort: UInt16 = 3
  /// `CTA_FILTER_ORIG_FLAGS`.
  static let originalFlags: UInt16 = 1
}

/// What of a flow a filter looks at (`CTA_FILTER_F_…`).
private enum FilterFlags {
  static let destination: UInt32 = 1 << 1, transport: UInt32 = 1 << 3, destinationPort: UInt32 = 1 << 5
}
