import CLinux

extension CapabilitySet {
  /// The permitted capabilities of this process.
  public static func permitted() throws(KernelError) -> CapabilitySet {
    var effective: UInt64 = 0
    var permitted: UInt64 = 0
    var inheritable: UInt64 = 0
    try kernel("capget(2)") { clinux_capget(&effective, &permitted, &inheritable) }
    return CapabilitySet(rawValue: permitted)
  }
}
