import Glibc
import LinuxKit

/// A small file of the host as text; "" when it cannot be read.
func readText(_ path: String) -> String {
  guard let file = try? Descriptor.open(path, O_RDONLY), let bytes = try? file.readAll(limit: 4 << 20) else { return "" }
  return String(decoding: bytes, as: UTF8.self)
}

/// The names in a directory; none when it cannot be read.
func names(in directory: String) -> [String] {
  guard let stream = opendir(directory) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// Writes a kernel parameter, `net/ipv4/ip_forward`, unless it has that value.
func setParameter(_ name: String, _ value: String) throws(KernelError) {
  let path = "/proc/sys/" + name
  if readText(path).prefix(while: { $0 != "\n" }) == value { return }
  try Descriptor.open(path, O_WRONLY).writeAll(value)
}

/// Where a symbolic link points to; nil when it cannot be read.
func linkTarget(_ path: String) -> String? {
  let target = [CChar](unsafeUninitializedCapacity: 256) { buffer, count in
    guard let start = buffer.baseAddress else { return count = 0 }
    count = max(0, readlink(path, start, buffer.count))
  }
  return target.isEmpty ? nil : String(decoding: target.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
