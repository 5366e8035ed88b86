import Glibc
import LinuxKit
import Netlink
import Synchronization

/// The deletion of a link, on a thread of its own.
///
/// The kernel waits 40 ms before it takes a bridge out of sysfs, which has it last, and 20 ms more before it frees it (`rcu_barrier`, twice): for
/// that nobody else need wait.
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
      if if_nametoindex(name) != UInt32(bitPattern: index), access("/sys/class/net/" + name, F_OK) != 0 { return }
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
