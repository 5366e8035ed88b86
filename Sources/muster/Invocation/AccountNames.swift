import LinuxKit

/// The names of this machine's users, by number, from `passwd(5)`. None where it cannot be read.
func accountNames(path: String = "/etc/passwd") -> [UInt32: String] {
  guard let bytes = try? Descriptor.open(path, 0o2000000).readAll(limit: 1 << 20) else { return [:] }
  var names: [UInt32: String] = [:]
  for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
    let fields = line.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count > 2, let uid = UInt32(fields[2]), names[uid] == nil else { continue }
    names[uid] = String(fields[0])
  }
  return names
}
