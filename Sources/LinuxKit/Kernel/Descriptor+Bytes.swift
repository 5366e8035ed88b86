import Glibc

extension Descriptor {
  /// Reads once into `buffer`; 0 is the end. Waits unless non-blocking (then `EAGAIN` is thrown).
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int {
    let number = self.number
    return try kernel("read(2)") { Glibc.read(number, buffer.baseAddress, buffer.count) }
  }

  /// Writes once; returns how many bytes went.
  public borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(KernelError) -> Int {
    let number = self.number
    return try kernel("write(2)") { Glibc.write(number, bytes.baseAddress, bytes.count) }
  }

  /// Writes all of it.
  public borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
    var rest = bytes
    while !rest.isEmpty {
      rest = UnsafeRawBufferPointer(rebasing: rest[try write(rest)...])
    }
  }

  /// Writes all of it.
  public borrowing func writeAll(_ bytes: [UInt8]) throws(KernelError) {
    try bytes.withUnsafeBufferPointer { (raw) throws(KernelError) in try writeAll(UnsafeRawBufferPointer(raw)) }
  }

  /// Writes a text in UTF-8.
  public borrowing func writeAll(_ text: String) throws(KernelError) {
    try writeAll(Array(text.utf8))
  }

  /// Reads to the end, at most `limit` bytes: more is `EFBIG`.
  public borrowing func readAll(limit: Int) throws(KernelError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(limit + 1, 16384))
    while true {
      let count = try chunk.withUnsafeMutableBufferPointer { (raw) throws(KernelError) in try read(into: UnsafeMutableRawBufferPointer(raw))
      }
      if count == 0 { return bytes }
      if bytes.count + count > limit { throw KernelError("read(2)", errno: EFBIG) }
      bytes.append(contentsOf: chunk[0..<count])
    }
  }

  /// `fsync(2)`.
  public borrowing func synchronize() throws(KernelError) {
    let number = self.number
    try kernel("fsync(2)") { fsync(number) }
  }

  /// The path behind this descriptor that the kernel resolves to its very file: `/proc/self/fd/N`.
  public borrowing func magicPath() -> String { "/proc/self/fd/" + String(number) }
}
