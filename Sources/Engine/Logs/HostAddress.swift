import Glibc
import LinuxKit
import Netlink

/// The first address of a host, 4 or 16 bytes; nil: it has none. Asked on a thread of its own, because it may take long.
func hostAddress(_ name: String) async -> [UInt8]? {
  if let literal = IPAddress(name) { return literal.bytes }
  return await withCheckedContinuation { continuation in
    if !startThread({ continuation.resume(returning: lookUp(name)) }) { continuation.resume(returning: nil) }
  }
}

private func lookUp(_ name: String) -> [UInt8]? {
  var hints = addrinfo()
  hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
  var list: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(name, nil, &hints, &list) == 0 else { return nil }
  defer { freeaddrinfo(list) }
  var next = list
  while let entry = next {
    defer { next = entry.pointee.ai_next }
    guard let address = entry.pointee.ai_addr else { continue }
    let bytes = UnsafeRawPointer(address)
    if entry.pointee.ai_family == AF_INET, Int(entry.pointee.ai_addrlen) >= MemoryLayout<sockaddr_in>.size {
      return withUnsafeBytes(of: bytes.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
    }
    if entry.pointee.ai_family == AF_INET6, Int(entry.pointee.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size {
      return withUnsafeBytes(of: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
    }
  }
  return nil
}
