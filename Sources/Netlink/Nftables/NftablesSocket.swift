/// The kernel's packet filter (`nf_tables`), in the network namespace of the thread that opened it.
public struct NftablesSocket: ~Copyable, Sendable {
  private var socket: NetlinkSocket

  public init() throws(NetlinkError) { socket = try NetlinkSocket(.netfilter) }

  /// The number that notifications of its changes have.
  public var port: UInt32 { socket.port }

  /// Carries out what `build` collects in one transaction, all or nothing, and throws the first error.
  public mutating func commit(_ build: (inout NftablesBatch) -> Void) throws(NetlinkError) {
    var batch = NftablesBatch(socket.writer())
    build(&batch)
    batch.end()
    guard batch.writer.count > 2 else { return }
    let operations = batch.operations
    try socket.transact(batch.writer, acknowledged: 1..<batch.writer.count - 1) { "nftables: " + operations[$0] }
  }

  /// The names of the tables of a family; nil: of `inet`.
  public mutating func tables(_ family: Expression.Family? = nil) throws(NetlinkError) -> [String] {
    var names: [String] = []
    try list(type: 1, family, "tables") { message in
      if let name = AttributeReader(message.payload.dropFirst(4)).first(where: { $0.type == 1 })?.value.text { names.append(name) }
    }
    return names
  }

  /// Asks for all objects of a kind, by the number of its `GET` message; the answers have the number before that.
  mutating func list(
    type: UInt16, _ family: Expression.Family?, _ what: String, _ each: (ReceivedMessage) -> Void,
    asking attributes: (inout MessageWriter) -> Void = { _ in }
  ) throws(NetlinkError) {
    var request = socket.writer()
    request.message(type: 10 << 8 | type, flags: HeaderFlags.request | HeaderFlags.dump) {
      $0.netfilterHeader(family: family.map { UInt8($0.rawValue) } ?? 1)
      attributes(&$0)
    }
    try socket.dump(request, operation: "nftables: list " + what) { message in
      if message.type == 10 << 8 | (type - 1) { each(message) }
    }
  }
}
