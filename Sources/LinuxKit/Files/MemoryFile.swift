import CLinux
import Glibc

/// A file in memory that nobody can change any more (`memfd_create(2)`, sealed), read position 0.
public func memoryFile(name: String, _ bytes: [UInt8]) throws(KernelError) -> Descriptor {
  // MFD_CLOEXEC | MFD_ALLOW_SEALING
  let file = Descriptor(owning: try kernel("memfd_create(2)", [name]) { clinux_memfd_create(name, 1 | 2) })
  let number = file.number
  try file.writeAll(bytes)
  try kernel("fcntl(2) F_ADD_SEALS", [name]) { clinux_seal(number) }
  try kernel("lseek(2)", [name]) { lseek(number, 0, SEEK_SET) }
  return file
}
