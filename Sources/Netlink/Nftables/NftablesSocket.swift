/// The kernel's packet filter (`nf_tables`), in the network namespace of the thread that opened it.
public struct NftablesSocket: ~Copyable, Sendable {
  private var socket: NetlinkSocket

  public init() throws(NetlinkError) { socket = try NetlinkSocket(.netfilter) }

  /// Carries out what `build` collects in one transaction, all or nothing, and throws the first error.
  public mutating func commit(_ build: (inout NftablesBatch) -> Void) throws(NetlinkError) {
    var batch = NftablesBatch(socket.writer())
    build(&batch)
    batch.end()
    guard batch.writer.count > 2 else { return }
    let operations = batch.operations
    try socket.transact(batch.writer, acknowledged: 1..<batch.writer.count - 1) { "nftables: " + operations[$0] }
  }

  /// The names of the tables of the family `inet`.
  public mutating func tables() throws(NetlinkError) -> [String] {
    var request = socket.writer()
    request.message(type: 10 << 8 | 1, flags: HeaderFlags.request | HeaderFlags.dump) { $0.netfilterHeader(family: 1) }
    var names: [String] = []
    try socket.dump(request, operation: "nftables: list tables") { message in
      guard message.type == 10 << 8 else { return }
      if let name = AttributeReader(message.payload.dropFirst(4)).first(where: { $0.type == 1 })?.value.text { names.append(name) }
    }
    return names
  }
}
