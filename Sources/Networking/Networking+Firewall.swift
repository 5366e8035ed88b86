public import LinuxKit
import Netlink

extension Networking {
  /// Becomes readable when somebody has changed the packet filter, this engine included: then it is time for `defendFirewall`. nil: the kernel
  /// does not tell.
  public nonisolated var firewallNews: SharedDescriptor? { monitor?.descriptor }

  /// Puts the packet filter's table back when somebody else has changed it: `nft flush ruleset` takes all tables away, also those of others.
  ///
  /// - Returns: whether it had to be put back.
  public func defendFirewall() throws -> Bool {
    guard let changes = monitor?.changes() else { return false }
    return try firewall.defend(changes)
  }
}
