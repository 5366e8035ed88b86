import Glibc
public import SystemPackage

/// Replaces the file at `path` as a whole: temporary name, `fsync(2)`, rename, `fsync(2)` of the directory.
///
/// After a crash or a power cut the old or the new content is there, nothing else. Without an `owner` it is the process's.
///
/// - Parameter isDurable: False: nothing is waited for, and it holds for crashes of programs alone, until `outlastPowerCuts`.
public func atomicWrite(
  _ path: FilePath, _ bytes: [UInt8], mode: UInt32, owner: FileOwner? = nil, isDurable: Bool = true
) throws(KernelError) {
  let (before, name) = try PathParts.split(path.string)
  let directory = try Descriptor.open(before, O_RDONLY | O_DIRECTORY)
  let number = directory.number
  let temporary = "." + String(UInt64.random(in: 0 ... .max), radix: 36) + ".new"
  let file = try directory.open(at: temporary, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: mode)
  do throws(KernelError) {
    // Before the permissions: a change of owner takes set-user-id bits away.
    if let owner { try file.setOwner(owner) }
    try file.setPermissions(mode)
    try file.writeAll(bytes)
    if isDurable { try file.synchronize() }
    try kernel("renameat(2)", [path.string]) { renameat(number, temporary, number, name) }
  } catch {
    unlinkat(number, temporary, 0)
    throw error
  }
  if isDurable { try directory.synchronize() }
}

/// Waits until a file, and its name, are on the disk (`fsync(2)`).
public func outlastPowerCuts(_ path: FilePath) throws(KernelError) {
  let (before, name) = try PathParts.split(path.string)
  let directory = try Descriptor.open(before, O_RDONLY | O_DIRECTORY)
  try directory.open(at: name, O_RDONLY | O_NOFOLLOW).synchronize()
  try directory.synchronize()
}
