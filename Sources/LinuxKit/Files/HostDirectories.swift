import Glibc

/// Makes a directory of the host and those above it that are missing (`mkdir -p`); `mode` is the last one's, whatever the umask, and only when it is made here.
public func makeDirectories(_ path: String, mode: UInt32, owner: FileOwner? = nil) throws(KernelError) {
  if mkdir(path, mode) == 0 {
    try kernel("chmod(2)", [path]) { chmod(path, mode) }
    if let owner { try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).setOwner(owner) }
    return
  }
  switch errno {
  case EEXIST:
    let found = try Descriptor.open(path, O_RDONLY | O_NONBLOCK).status()
    if found.kind != .directory { throw KernelError("mkdir(2)", errno: ENOTDIR, operands: [path]) }
  case ENOENT:
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw KernelError("mkdir(2)", errno: ENOENT, operands: [path])
    }
    try makeDirectories(String(path[..<slash]), mode: 0o755, owner: owner)
    try makeDirectories(path, mode: mode, owner: owner)
  default:
    throw KernelError.last("mkdir(2)", [path])
  }
}
