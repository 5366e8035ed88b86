import Glibc

/// What is in the memory of a process, as a core dump would have it.
public enum ProcessMemory {
  /// Where a process has the bytes in memory that it can write to: `[heap]+0x1a0`. At most `limit` places.
  public static func places(of bytes: [UInt8], in pid: Int32, limit: Int = 20) throws -> [String] {
    let memory = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
    guard memory >= 0, !bytes.isEmpty else { return [] }
    defer { close(memory) }
    var found: [String] = []
    for line in try readText("/proc/\(pid)/maps").split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      let ends = parts[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      guard ends.count == 2, parts.count > 1, parts[1].hasPrefix("rw"), ends[1] < 1 << 47 else { continue }
      let name = parts.count > 5 ? parts[5].drop { $0 == " " } : "anonymous"
      var at = ends[0]
      let step = 1 << 20
      var buffer = [UInt8](repeating: 0, count: step + bytes.count - 1)
      while at < ends[1], found.count < limit {
        let wanted = min(buffer.count, Int(ends[1] - at))
        let count = buffer.withUnsafeMutableBytes { pread(memory, $0.baseAddress, wanted, off_t(at)) }
        if count > 0 {
          for offset in offsets(of: bytes, in: buffer, count) where found.count < limit {
            found.append("\(name)+0x\(String(at + UInt64(offset) - ends[0], radix: 16))")
          }
        }
        at += UInt64(step)
      }
    }
    return found
  }

  private static func offsets(of bytes: [UInt8], in buffer: [UInt8], _ count: Int) -> [Int] {
    var found: [Int] = []
    buffer.withUnsafeBytes { whole in
      guard let start = whole.baseAddress else { return }
      var at = 0
      while at + bytes.count <= count, let hit = memchr(start + at, Int32(bytes[0]), count - at - bytes.count + 1) {
        let offset = hit - UnsafeMutableRawPointer(mutating: start)
        if memcmp(hit, bytes, bytes.count) == 0 { found.append(offset) }
        at = offset + 1
      }
    }
    return found
  }
}
