import Glibc
public import LinuxKit

/// The kernel's no to a netlink request, with the sentence it gave (`NETLINK_EXT_ACK`) where there is one.
public struct NetlinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was asked: `add link mu-0123456789ab`.
  public var operation: String
  public var errno: Int32
  /// The kernel's sentence.
  public var detail: String?

  public init(_ operation: String, errno: Int32, detail: String? = nil) {
    self.operation = operation
    self.errno = errno
    self.detail = detail
  }

  public init(_ error: KernelError) {
    self.init(error.call, errno: error.errno)
  }

  public var description: String {
    var text = operation + ": " + KernelError.reason(errno)
    if let detail { text += " (" + detail + ")" }
    return text
  }
}
