import Glibc
public import LinuxKit
import Synchronization

/// Hears which interfaces go, by whom ever (`ip monitor link`), in the network namespace of the thread that opened it.
public final class LinkMonitor: Sendable {
  /// Becomes readable when there is something to hear.
  public let descriptor: SharedDescriptor
  private let buffer = Mutex([UInt8](repeating: 0, count: 65536))

  public init() throws(NetlinkError) {
    do {
      let number = try kernel("socket(2) AF_NETLINK") { Glibc.socket(AF_NETLINK, 3 | 0o2000000 | 0o4000, 0) }
      descriptor = SharedDescriptor(Descriptor(owning: number))
      var name = sockaddr_storage()
      name.ss_family = sa_family_t(AF_NETLINK)
      // `struct sockaddr_nl`: the groups are at 8; of links it is the first (RTMGRP_LINK).
      withUnsafeMutableBytes(of: &name) { $0.storeBytes(of: 1, toByteOffset: 8, as: UInt32.self) }
      try kernel("bind(2) AF_NETLINK") {
        withUnsafePointer(to: &name) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, 12) } }
      }
    } catch { throw NetlinkError(error) }
  }

  /// The names of those that have gone since the last time, without waiting; nil when more has happened than the kernel kept.
  public func gone() -> Set<String>? {
    let number = descriptor.number
    return buffer.withLock { buffer in
      var names: Set<String> = []
      var isComplete = true
      while true {
        let count = buffer.withUnsafeMutableBytes { recv(number, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == ENOBUFS {
          isComplete = false
          continue
        }
        guard count > 0 else { return isComplete ? names : nil }
        for message in MessageReader(buffer[0..<count]) where message.type == RouteMessage.deleteLink {
          // A bridge that loses a port says so in a family of its own.
          guard message.payload.first == 0 else { continue }
          if let name = AttributeReader(message.payload.dropFirst(16)).first(where: { $0.type == LinkAttribute.name })?.value.text {
            names.insert(name)
          }
        }
      }
    }
  }
}
