import Glibc
import LinuxKit
import Netlink
import Synchronization

/// The deletion of a link, on a thread of its own.
///
/// The kernel takes a bridge out of every list at once, and then waits 30 to 60 ms before it frees it (`rcu_barrier`, twice): nobody else need.
final class LinkDeletion: Sendable {
  private let outcome = Mutex<Result<Void, NetlinkError>?>(nil)

  /// Returns when nobody can find the link any more. One that does not exist is no error.
  ///
  /// Calls of others that change links wait until the kernel is ready.
  static func delete(_ name: String, index: Int32) throws(NetlinkError) {
    let deletion = LinkDeletion()
    guard startThread({ deletion.run(index) }) else { return try carryOut(index) }
    while true {
      if let outcome = deletion.outcome.withLock({ $0 }) { return try outcome.get() }
      if if_nametoindex(name) != UInt32(bitPattern: index) { return }
      usleep(100)
    }
  }

  private func run(_ index: Int32) {
    let result = Result { () throws(NetlinkError) in try Self.carryOut(index) }
    outcome.withLock { $0 = result }
  }

  private static func carryOut(_ index: Int32) throws(NetlinkError) {
    var route = try RouteSocket()
    do { try route.commit { $0.deleteLink(index) } } catch  where error.isNoSuchDevice {}
  }
}
