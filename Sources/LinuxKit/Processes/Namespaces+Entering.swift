import CLinux
import Glibc

extension Namespaces {
  /// Leaves the namespaces of these kinds for new ones (`unshare(2)`): this thread alone.
  public func unshare() throws(KernelError) {
    try kernel("unshare(2)", [description]) { clinux_unshare(Int32(truncatingIfNeeded: rawValue)) }
  }

  /// Joins those namespaces of a process (given as a pidfd), or the one that the descriptor is (`setns(2)`): this thread alone.
  public static func join(_ descriptor: Int32, _ kinds: Namespaces) throws(KernelError) {
    try kernel("setns(2)", [kinds.description]) { clinux_setns(descriptor, Int32(truncatingIfNeeded: kinds.rawValue)) }
  }

  /// The kind of the namespace behind a descriptor of `/proc/PID/ns/…`.
  public static func kind(of descriptor: Int32) throws(KernelError) -> Namespaces {
    let type = try kernel("ioctl_ns(2) NS_GET_NSTYPE") { clinux_namespace_type(descriptor) }
    return Namespaces(rawValue: UInt64(UInt32(bitPattern: type)))
  }
}
