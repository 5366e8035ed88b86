import Glibc

/// Gives a process's new user namespace its numbers (`/proc/PID/uid_map`, `gid_map`). It works once; `EPERM`: it has them already, or
/// this process may not.
public func writeIDRanges(_ ranges: IDRanges, of pid: Int32) throws(KernelError) {
  for (file, list) in [("uid_map", ranges.users), ("gid_map", ranges.groups)] {
    var text = ""
    for range in list { text += String(range.inside) + " " + String(range.outside) + " " + String(range.count) + "\n" }
    // One write: a second is refused.
    let map = try Descriptor.open("/proc/" + String(pid) + "/" + file, O_WRONLY)
    do throws(KernelError) {
      try map.writeAll(text)
    } catch {
      throw KernelError("write(2)", errno: error.errno, operands: [file, text.filter { $0 != "\n" }])
    }
  }
}
