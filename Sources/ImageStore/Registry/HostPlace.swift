import Glibc

/// What a host's name says of where it is, without asking a resolver. Every way of writing an address counts that a resolver takes for one:
/// `127.1`, `2130706433`, `0x7f.1`, `::ffff:127.0.0.1` are this machine.
enum HostPlace {
  case loopback, linkLocal, elsewhere

  static func of(_ host: String) -> HostPlace {
    let host = host.hasSuffix(".") ? String(host.dropLast()) : host
    if host == "localhost" || host.hasSuffix(".localhost") { return .loopback }
    var four = in_addr()
    if inet_aton(host, &four) == 1 { return withUnsafeBytes(of: four.s_addr) { of(ipv4: $0[...]) } }
    var six = in6_addr()
    guard inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &six) == 1 else { return .elsewhere }
    return withUnsafeBytes(of: six) { bytes in
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && (bytes[10] == 0xFF && bytes[11] == 0xFF || bytes[10] == 0 && bytes[11] == 0)
      // `::` and `::1` are of the same form.
      if isMapped { return bytes[12...].dropLast().allSatisfy { $0 == 0 } ? .loopback : of(ipv4: bytes[12...]) }
      return bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 ? .linkLocal : .elsewhere
    }
  }

  /// Four bytes, the first first. All of `0.0.0.0/8` reaches this machine, too.
  private static func of(ipv4 bytes: Slice<UnsafeRawBufferPointer>) -> HostPlace {
    guard let first = bytes.first else { return .elsewhere }
    if first == 127 || first == 0 { return .loopback }
    return first == 169 && bytes.dropFirst().first == 254 ? .linkLocal : .elsewhere
  }

  /// The four numbers of `a.b.c.d`.
  static func ipv4(_ host: String) -> [UInt8]? {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let numbers = parts.compactMap { UInt8($0) }
    return numbers.count == 4 ? numbers : nil
  }
}
