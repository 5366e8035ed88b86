import CLinux
import Glibc
import LinuxKit

/// Runs this program again from a sealed copy in memory, unless it does already: a container must not be able to write to the program's file
/// through `/proc/PID/exe` (CVE-2019-5736). What is in the file for debuggers, more than half of it, is not copied.
func runSealed() throws {
  let own = try Descriptor.open("/proc/self/exe", O_RDONLY)
  // F_GET_SEALS, of which F_SEAL_WRITE is 8; EINVAL: no file in memory.
  let seals = clinux_fcntl(own.number, 1034, 0)
  if seals >= 0, seals & 8 != 0 { return }
  let size = min(Int(try own.status().size), clinux_program_size())
  let copy = Descriptor(owning: try kernel("memfd_create(2)") { clinux_memfd_create("muster-oci", 1 | 2) })
  var offset = 0
  while offset < size {
    var from = off_t(offset)
    let count = try kernel("sendfile(2)") { sendfile(copy.number, own.number, &from, size - offset) }
    if count == 0 { break }
    offset += count
  }
  try kernel("fcntl(2) F_ADD_SEALS") { clinux_seal(copy.number) }
  let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
  execve(copy.magicPath(), arguments, clinux_environ())
  throw KernelError.last("execve(2)", ["muster-oci"])
}
