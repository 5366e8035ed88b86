import Glibc

/// Makes a user namespace with these numbers, with nobody in it: for counting the owners of files, or for joining it.
///
/// Only for a program with one thread.
public func makeUserNamespace(_ ranges: IDRanges) throws(KernelError) -> Descriptor {
  let hold = try DescriptorPair.pipe().shared()
  let pid = try Process.clone(.user)
  if pid == 0 {
    // Lives as long as its parent wants.
    var byte: UInt8 = 0
    close(hold.second.number)
    while read(hold.first.number, &byte, 1) < 0 && errno == EINTR {}
    _exit(0)
  }
  defer {
    kill(pid, SIGKILL)
    _ = try? Process.reap(pid, waits: true)
  }
  try writeIDRanges(ranges, of: pid)
  return try Descriptor.open("/proc/" + String(pid) + "/ns/user", O_RDONLY)
}
