import CLinux
import Glibc
package import LinuxKit

/// Leaves this process's user namespace for a new one, and waits until whoever is at the other end of the channel has given it its numbers.
package func enterNewUsers(_ channel: SharedDescriptor) throws {
  try Namespaces.user.unshare()
  _ = try channel.descriptor.send(ChildMessage.needsNumbers.bytes)
  var go: UInt8 = 0
  let number = channel.number
  // The end without a word: the parent is gone.
  if try kernel("read(2)", [], { read(number, &go, 1) }) == 0 { _exit(1) }
}

/// Goes on as another process, of the same parent, in new namespaces: one of pids is only for children. This one tells the parent who that is, and
/// ends.
package func goOnAsSibling(_ namespaces: Namespaces, _ channel: SharedDescriptor) throws {
  let pid = try Process.cloneSibling(namespaces)
  if pid == 0 { return }
  _ = try channel.descriptor.send(ChildMessage.goesOn(pid: pid).bytes)
  _exit(0)
}

/// Becomes root of the user namespace that this process is in, without the groups of the one it came from.
package func becomeUsersRoot() throws {
  try kernel("setgroups(2)") { clinux_setgroups(0, []) }
  try kernel("setresgid(2)", ["0"]) { clinux_setresgid(0) }
  try kernel("setresuid(2)", ["0"]) { clinux_setresuid(0) }
  // A change of user makes the process readable for others of that user; until execve it is its parent's copy.
  try kernel("prctl(2) PR_SET_DUMPABLE") { clinux_prctl(Int32(CLINUX_PR_SET_DUMPABLE), 0, 0, 0, 0) }
}
