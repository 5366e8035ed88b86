import CLinux
import Glibc
import LinuxKit

/// Standard input itself, where it is a file that is read from its start; else a copy of it on the disk, which has no name.
func seekableInput() throws -> SharedDescriptor {
  let input = try Descriptor.duplicate(0)
  if try input.status().kind == .regular, lseek(input.number, 0, SEEK_CUR) == 0 { return SharedDescriptor(input) }
  let place = getenv("TMPDIR").map { String(cString: $0) } ?? ""
  let copy = try Descriptor.open(place.isEmpty ? "/tmp" : place, Int32(CLINUX_O_TMPFILE) | O_RDWR, mode: 0o600)
  var buffer = [UInt8](repeating: 0, count: 256 << 10)
  while true {
    let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
    if count == 0 { return SharedDescriptor(copy) }
    try buffer.withUnsafeBytes { try copy.writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}

extension SharedDescriptor {
  /// By which the engine opens it, as long as this program has it open.
  var pathForEngine: String { "/proc/\(getpid())/fd/\(number)" }
}
