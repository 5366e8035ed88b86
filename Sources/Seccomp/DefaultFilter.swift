public import LinuxKit

/// The default filter for a container with these capabilities: the BPF program's bytes, an array of `struct sock_filter`, for `seccomp(2)`. Docker's, but
/// that it knows the machine's own ABI and `foreign` only, and fewer address families.
///
/// Takes some milliseconds; the result depends on nothing but the arguments and the machine, so keep it.
public func defaultFilter(capabilities: CapabilitySet, foreign: ForeignABI? = nil) throws(SeccompError) -> [UInt8] {
  try compile(.standard(capabilities: capabilities, foreign: foreign, kernel: .running))
}

/// The filter of a profile of one's own, in the same form.
public func filter(of profile: Profile) throws(SeccompError) -> [UInt8] { try compile(profile) }
