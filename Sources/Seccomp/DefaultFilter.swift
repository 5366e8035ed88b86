public import LinuxKit

/// Docker's default filter for a container with these capabilities: the BPF program's bytes, an array of `struct sock_filter`, for `seccomp(2)`.
///
/// Takes some milliseconds; the result depends on nothing but the capabilities and the machine, so keep it.
public func defaultFilter(capabilities: CapabilitySet) throws(SeccompError) -> [UInt8] {
  try compile(.standard(capabilities: capabilities, kernel: .running))
}

/// The filter of a profile of one's own, in the same form.
public func filter(of profile: Profile) throws(SeccompError) -> [UInt8] { try compile(profile) }
