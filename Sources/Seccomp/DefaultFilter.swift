import Glibc
public import LinuxKit

/// Docker's default filter for a container with these capabilities: the BPF program's bytes, an array of `struct sock_filter`, for `seccomp(2)`.
///
/// Takes some milliseconds; the result depends on nothing but the capabilities and the machine, so keep it.
public func defaultFilter(capabilities: CapabilitySet) throws(SeccompError) -> [UInt8] {
  try compile(.standard(capabilities: capabilities, kernel: kernelVersion()))
}

/// The running kernel's, (6, 1) for `6.1.0-18-amd64`; (0, 0) when it says something strange.
private func kernelVersion() -> (Int, Int) {
  var names = utsname()
  guard uname(&names) == 0 else { return (0, 0) }
  let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  let numbers = release.split(separator: ".", maxSplits: 2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
  return (numbers.first ?? 0, numbers.dropFirst().first ?? 0)
}
