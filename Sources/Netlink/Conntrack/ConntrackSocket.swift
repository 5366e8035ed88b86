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
      if ofFamily?.isEmpty != true { try forget(family, transport, ofFamily, ports) }
    }
  }

  private mutating func forget(
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

private func isTo(_ tuple: ArraySlice<UInt8>, _ transport: UInt8, _ ports: Set<UInt16>) -> Bool {
  guard let part = AttributeReader(tuple).first(where: { $0.type == 2 })?.value else { return false }  // CTA_TUPLE_PROTO
  var (number, port): (UInt8?, UInt16?) = (nil, nil)
  for (type, value) in AttributeReader(part) {
    if type == 1 { number = value.first }
    if type == 3 { port = value.integer(at: 0, as: UInt16.self).map { UInt16(bigEndian: $0) } }
  }
  return number == transport && port.map(ports.contains) == true
}

private func isTo(_ tuple: ArraySlice<UInt8>, _ addresses: Set<IPAddress>) -> Bool {
  guard let part = AttributeReader(tuple).first(where: { $0.type == 1 })?.value else { return false }  // CTA_TUPLE_IP
  // CTA_IP_V4_DST or CTA_IP_V6_DST.
  guard let bytes = AttributeReader(part).first(where: { $0.type == 2 || $0.type == 4 })?.value else { return false }
  return IPAddress(bytes: bytes).map(addresses.contains) == true
}

/// Message types of `nfnetlink_conntrack`.
private enum ConntrackMessage {
  static let new: UInt16 = 1 << 8
  static let get: UInt16 = 1 << 8 | 1
  static let delete: UInt16 = 1 << 8 | 2
}
