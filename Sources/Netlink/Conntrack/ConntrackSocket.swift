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
  ///   - ports: destination ports before any rewriting.
  ///   - addresses: the same of addresses; nil: any.
  public mutating func forget(transport: UInt8, ports: Set<UInt16>, addresses: Set<IPAddress>? = nil) throws(NetlinkError) {
    for family in [UInt8(AF_INET), UInt8(AF_INET6)] { try forget(family, transport, ports, addresses) }
  }

  private mutating func forget(_ family: UInt8, _ transport: UInt8, _ ports: Set<UInt16>, _ addresses: Set<IPAddress>?) throws(NetlinkError)
  {
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
        writer.nested(1) { $0.append(flow) }
      }
      // One that has just ended is what we want.
      do { try socket.transact(deletion, operations: ["forget a connection"]) } catch  where error.errno == ENOENT {}
    }
  }
}

/// `CTA_TUPLE_ORIG`.
private func original(_ message: ReceivedMessage) -> ArraySlice<UInt8>? {
  guard message.type == ConntrackMessage.new else { return nil }
  return AttributeReader(message.payload.dropFirst(4)).first { $0.type == 1 }?.value
}

private func isTo(_ tuple: ArraySlice<UInt8>, _ addresses: Set<IPAddress>) -> Bool {
  guard let part = AttributeReader(tuple).first(where: { $0.type == 1 })?.value else { return false }  // CTA_TUPLE_IP
  // CTA_IP_V4_DST, CTA_IP_V6_DST
  return AttributeReader(part).contains { ($0.type == 2 || $0.type == 4) && IPAddress(bytes: $0.value).map(addresses.contains) == true }
}

private func isTo(_ tuple: ArraySlice<UInt8>, _ transport: UInt8, _ ports: Set<UInt16>) -> Bool {
  guard let part = AttributeReader(tuple).first(where: { $0.type == 2 })?.value else { return false }  // CTA_TUPLE_PROTO
  var (number, port): (UInt8?, UInt16?) = (nil, nil)
  for (type, value) in AttributeReader(part) {
    if type == 1 { number = value.first }
    if type == 3 { port = value.integer(at: 0, as: UInt16.self).map { UInt16(bigEndian: $0) } }
  }
  return number == transport && port.map(ports.contains) == true
}

/// Message types of `nfnetlink_conntrack`.
private enum ConntrackMessage {
  static let new: UInt16 = 1 << 8
  static let get: UInt16 = 1 << 8 | 1
  static let delete: UInt16 = 1 << 8 | 2
}
