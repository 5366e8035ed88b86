import Glibc
public import LinuxKit
import Synchronization

/// Hears what is changed in the packet filter, by whom ever (`nft monitor`), in the network namespace of the thread that opened it.
public final class NftablesMonitor: Sendable {
  /// Becomes readable when there is something to hear.
  public let descriptor: SharedDescriptor
  private let buffer = Mutex([UInt8](repeating: 0, count: 65536))

  /// What has been changed since the last time.
  public struct Changes: Equatable, Sendable {
    /// Tables, and the netlink port of whoever changed something in them.
    public var tables: Set<Change> = []
    /// More has happened than the kernel kept for us.
    public var isIncomplete = false

    /// Whether somebody with another port has changed the table, as far as is known.
    public func concern(_ table: String, besides port: UInt32) -> Bool {
      isIncomplete || tables.contains { $0.table == table && $0.port != port }
    }
  }

  public struct Change: Hashable, Sendable {
    public var table: String
    public var port: UInt32
  }

  public init() throws(NetlinkError) {
    do {
      let number = try kernel("socket(2) AF_NETLINK") { Glibc.socket(AF_NETLINK, 3 | 0o2000000 | 0o4000, 12) }
      descriptor = SharedDescriptor(Descriptor(owning: number))
      // A socket without a number of its own hears nothing.
      var name = sockaddr_storage()
      name.ss_family = sa_family_t(AF_NETLINK)
      try kernel("bind(2) AF_NETLINK") {
        // `struct sockaddr_nl` has twelve bytes; a number of 0 is one of the kernel's choice.
        withUnsafePointer(to: &name) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, 12) } }
      }
      var group: Int32 = 7  // NFNLGRP_NFTABLES
      try kernel("setsockopt(2) NETLINK_ADD_MEMBERSHIP") { setsockopt(number, 270, 1, &group, 4) }
      // As much as a ruleset of some thousand rules says when it goes; with less, it is known that something was not heard.
      var room: Int32 = 4 << 20
      _ = setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &room, 4)
    } catch { throw NetlinkError(error) }
  }

  /// Takes what has come, without waiting.
  public func changes() -> Changes {
    let number = descriptor.number
    return buffer.withLock { buffer in
      var changes = Changes()
      while true {
        let count = buffer.withUnsafeMutableBytes { recv(number, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == ENOBUFS {
          changes.isIncomplete = true
          continue
        }
        guard count > 0 else { return changes }
        for message in MessageReader(buffer[0..<count]) where message.type >> 8 == 10 && message.type & 0xFF != 15 {  // NFT_MSG_NEWGEN
          // The first attribute of tables, chains, rules, sets and elements is the table's name.
          guard let name = AttributeReader(message.payload.dropFirst(4)).first(where: { $0.type == 1 })?.value.text else { continue }
          changes.tables.insert(Change(table: name, port: message.port))
        }
      }
    }
  }
}
