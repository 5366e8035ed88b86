import Glibc
package import LinuxKit

/// A parent's part while its child enters a user namespace: gives a new one its numbers, and learns who goes on in the child's place. Returns who
/// that is; what else the child has to say stays unread. On failure the child is ended.
package func accompanyIntoUsers(_ pid: Int32, _ channel: SharedDescriptor, _ ranges: IDRanges?) throws(KernelError) -> Int32 {
  do throws(KernelError) {
    return try accompany(pid, channel, ranges)
  } catch {
    kill(pid, SIGKILL)
    _ = try? Process.reap(pid, waits: true)
    throw error
  }
}

private func accompany(_ pid: Int32, _ channel: SharedDescriptor, _ ranges: IDRanges?) throws(KernelError) -> Int32 {
  while let message = try ChildMessage.peek(channel.descriptor) {
    switch message {
    case .needsNumbers:
      _ = try ChildMessage.receive(channel.descriptor)
      if let ranges { try writeIDRanges(ranges, of: pid) }
      _ = try channel.descriptor.send([1])
    case .goesOn(let next):
      _ = try ChildMessage.receive(channel.descriptor)
      _ = try Process.reap(pid, waits: true)
      return next
    case .isWaiting, .failed, .terminal, .took: return pid
    }
  }
  return pid
}
