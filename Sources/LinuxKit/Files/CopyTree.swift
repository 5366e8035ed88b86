import CLinux
import Glibc
public import SystemPackage

/// Copies what is in the directory `source` into the existing directory `target`, with owner, mode, times, extended attributes,
/// hard links, symbolic links, device nodes, fifos and sparse files' data; the attributes of the directory itself too.
///
/// Both are opened for reading. Nothing is followed; a name that is taken in `target` is `EEXIST`, except for a directory, which is merged into.
public func copyTree(from source: borrowing Descriptor, to target: borrowing Descriptor) throws(KernelError) {
  var copy = TreeCopy(root: try target.duplicate())
  try copy.contents(of: source, into: target, at: [], depth: 0)
}

/// Copies what is in the directory `source` of the host into the existing directory `target`.
public func copyTree(from source: FilePath, to target: FilePath) throws(KernelError) {
  let from = try Descriptor.open(source.string, O_RDONLY | O_DIRECTORY)
  try copyTree(from: from, to: try Descriptor.open(target.string, O_RDONLY | O_DIRECTORY))
}

/// One copying of a tree.
private struct TreeCopy: ~Copyable {
  /// Where names of the copy start.
  let root: RootedDirectory
  /// First place of every file with more links, by device and inode.
  var links: [FileIdentity: [CChar]] = [:]
  var buffer = [UInt8](repeating: 0, count: 131_072)

  struct FileIdentity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  init(root: consuming Descriptor) { self.root = RootedDirectory(root) }

  mutating func contents(
    of source: borrowing Descriptor, into target: borrowing Descriptor, at path: [CChar], depth: Int
  ) throws(KernelError) {
    if depth > 400 { throw KernelError("copyTree", errno: ELOOP) }
    for entry in try source.entries() {
      let status = try source.status(at: entry.name)
      let place = path + entry.name.dropLast()
      switch status.kind {
      case .directory:
        let inner = try source.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        do throws(KernelError) {
          try kernel("mkdirat(2)", [entry.text]) { [number = target.number] in mkdirat(number, entry.name, 0o700) }
        } catch  where error.errno == EEXIST {}
        let made = try target.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try contents(of: inner, into: made, at: place + [PathParts.slash], depth: depth + 1)
      default:
        try file(entry, status, from: source, into: target, at: place + [0])
      }
    }
    try Self.attributes(of: source, onto: target)
  }

  private mutating func file(
    _ entry: DirectoryEntry, _ status: FileStatus, from source: borrowing Descriptor, into target: borrowing Descriptor, at place: [CChar]
  ) throws(KernelError) {
    let identity = FileIdentity(device: status.device, inode: status.inode)
    if status.links > 1 {
      if let first = links[identity] { return try root.makeLink(place, to: first) }
      links[identity] = place
    }
    let to = target.number
    let owner = FileOwner(uid: status.uid, gid: status.gid)
    switch status.kind {
    case .regular:
      let old = try source.open(at: entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      let new = try target.open(at: entry.name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: 0o600)
      try bytes(of: old, into: new, size: status.size)
      try Self.attributes(of: old, onto: new)
    case .symlink:
      let link = try source.linkTarget(at: entry.name)
      try kernel("symlinkat(2)", [entry.text]) { symlinkat(link, to, entry.name) }
      try target.setOwner(owner, at: entry.name)
      try target.setTimes(accessed: status.accessed, modified: status.modified, at: entry.name)
    default:
      let type =
        switch status.kind {
        case .character: S_IFCHR
        case .block: S_IFBLK
        case .fifo: S_IFIFO
        default: S_IFSOCK
        }
      try kernel("mknodat(2)", [entry.text]) {
        mknodat(to, entry.name, UInt32(type) | status.permissions, __dev_t(clinux_makedev(status.major, status.minor)))
      }
      let made = try target.open(at: entry.name, Int32(CLINUX_O_PATH) | O_NOFOLLOW)
      try made.setOwner(owner)
      try made.setPermissions(status.permissions)
      try target.setTimes(accessed: status.accessed, modified: status.modified, at: entry.name)
    }
  }

  /// Shares the blocks where the file system can; holes stay holes.
  private mutating func bytes(of old: borrowing Descriptor, into new: borrowing Descriptor, size: Int64) throws(KernelError) {
    let from = old.number
    let to = new.number
    if size == 0 || clinux_clone_file(to, from) == 0 { return }
    try kernel("ftruncate(2)") { ftruncate(to, off_t(size)) }
    var position: off_t = 0
    while position < size {
      let start = lseek(from, position, Int32(CLINUX_SEEK_DATA))
      if start < 0 {
        if errno == ENXIO { break }
        throw KernelError.last("lseek(2)")
      }
      let end = try kernel("lseek(2)") { lseek(from, start, Int32(CLINUX_SEEK_HOLE)) }
      try kernel("lseek(2)") { lseek(from, start, SEEK_SET) }
      try kernel("lseek(2)") { lseek(to, start, SEEK_SET) }
      var left = end - start
      while left > 0 {
        let count = try buffer.withUnsafeMutableBufferPointer { (raw) throws(KernelError) in
          let part = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: raw[..<min(raw.count, left)]))
          let count = try old.read(into: part)
          try new.writeAll(UnsafeRawBufferPointer(rebasing: part[..<count]))
          return count
        }
        if count == 0 { return }
        left -= count
      }
      position = end
    }
  }

  /// Owner first (it clears set-user-id and file capabilities), then attributes, mode and times.
  static func attributes(of source: borrowing Descriptor, onto target: borrowing Descriptor) throws(KernelError) {
    let status = try source.status()
    try target.setOwner(FileOwner(uid: status.uid, gid: status.gid))
    for name in try source.attributeNames() {
      if let value = try source.attribute(name) { try target.setAttribute(name, value) }
    }
    try target.setPermissions(status.permissions)
    try target.setTimes(accessed: status.accessed, modified: status.modified)
  }
}
