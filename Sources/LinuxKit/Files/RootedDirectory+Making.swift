import CLinux
import Glibc

/// Owner of something that is made; nil leaves it to the kernel.
public struct FileOwner: Equatable, Sendable {
  public var uid: UInt32
  public var gid: UInt32
  public init(uid: UInt32, gid: UInt32) {
    self.uid = uid
    self.gid = gid
  }
}

extension RootedDirectory {
  /// Makes a directory and its missing parents, through symbolic links as the container itself would go, dangling ones included.
  /// An existing directory is left as it is. Returns an `O_PATH` descriptor of it.
  @discardableResult
  public borrowing func makeDirectories(
    _ path: UnsafePointer<CChar>, mode: UInt32 = 0o755, owner: FileOwner? = nil
  ) throws(KernelError) -> Descriptor {
    let flags = Int32(CLINUX_O_PATH) | O_DIRECTORY
    do throws(KernelError) {
      return try open(path, flags)
    } catch  where error.errno == ENOENT {}
    do throws(KernelError) {
      // Most often only the last is missing.
      try makeDirectory(path, mode: mode, owner: owner)
      return try open(path, flags)
    } catch {
      return try open(try makeWay(path, mode: mode, owner: owner), flags)
    }
  }

  /// Goes along `path`, makes what is missing and returns the path without links that was reached.
  private borrowing func makeWay(_ path: UnsafePointer<CChar>, mode: UInt32, owner: FileOwner?) throws(KernelError) -> [CChar] {
    var ahead = PathParts.reversed(path)
    var here: [[CChar]] = []
    var links = 0
    while let part = ahead.popLast() {
      if part == PathParts.parent {
        _ = here.popLast()
        continue
      }
      let next = PathParts.join(here, part)
      do throws(KernelError) {
        let found = try locateLink(next)
        switch try found.status().kind {
        case .directory:
          here.append(part)
        case .symlink:
          links += 1
          if links > 40 { throw KernelError("openat2(2)", errno: ELOOP, operands: [String(cString: path)]) }
          let target = try found.linkTarget()
          if target.first == PathParts.slash { here = [] }
          ahead += PathParts.reversed(target)
        default:
          throw KernelError("mkdirat(2)", errno: ENOTDIR, operands: [String(cString: path)])
        }
      } catch  where error.errno == ENOENT {
        try makeDirectory(next, mode: mode, owner: owner)
        here.append(part)
      }
    }
    return PathParts.join(here, nil)
  }

  /// Makes one directory in an existing parent. One that is there is fine.
  public borrowing func makeDirectory(_ path: UnsafePointer<CChar>, mode: UInt32 = 0o755, owner: FileOwner? = nil) throws(KernelError) {
    let place = try locateParent(path)
    do throws(KernelError) {
      try kernel("mkdirat(2)", [String(cString: path)]) { mkdirat(place.parent.number, place.name, mode) }
    } catch  where error.errno == EEXIST {
      return
    }
    let made = try place.parent.open(at: place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    if let owner { try made.setOwner(owner) }
    try made.setPermissions(mode)
  }

  /// Makes an empty file where none is, parents and the targets of dangling links included. Returns an `O_PATH` descriptor of what is there.
  @discardableResult
  public borrowing func makeFile(_ path: UnsafePointer<CChar>, mode: UInt32 = 0o644) throws(KernelError) -> Descriptor {
    var links = 0
    var at = Array(UnsafeBufferPointer(start: path, count: strlen(path) + 1))
    while true {
      do throws(KernelError) {
        return try locate(at)
      } catch  where error.errno == ENOENT {}
      let (before, name) = try PathParts.split(at)
      let parent = try makeDirectories(before)
      do throws(KernelError) {
        _ = try parent.open(at: name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, mode: mode)
        return try parent.open(at: name, Int32(CLINUX_O_PATH) | O_NOFOLLOW)
      } catch  where error.errno == EEXIST {
        links += 1
        if links > 40 { throw KernelError("openat2(2)", errno: ELOOP, operands: [String(cString: path)]) }
        // A dangling link: go where it points.
        let target = try parent.linkTarget(at: name)
        at = target.first == PathParts.slash ? target : before.dropLast() + [PathParts.slash] + target
      }
    }
  }

  /// Makes a new file for writing; the parents exist, the name must be free (`EEXIST`).
  public borrowing func createFile(_ path: UnsafePointer<CChar>, mode: UInt32 = 0o644, owner: FileOwner? = nil) throws(KernelError)
    -> Descriptor
  {
    let place = try locateParent(path)
    let file = try place.parent.open(at: place.name, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, mode: mode)
    if let owner { try file.setOwner(owner) }
    try file.setPermissions(mode)
    return file
  }

  /// Makes a symbolic link at `path` (`EEXIST` when something is there).
  public borrowing func makeSymlink(_ path: UnsafePointer<CChar>, pointsTo target: UnsafePointer<CChar>, owner: FileOwner? = nil)
    throws(KernelError)
  {
    let place = try locateParent(path)
    try kernel("symlinkat(2)", [String(cString: path)]) { symlinkat(target, place.parent.number, place.name) }
    if let owner { try place.parent.setOwner(owner, at: place.name) }
  }

  /// Makes a hard link at `path` to what is at `existing`; neither final link is followed.
  public borrowing func makeLink(_ path: UnsafePointer<CChar>, to existing: UnsafePointer<CChar>) throws(KernelError) {
    let from = try locateParent(existing)
    let to = try locateParent(path)
    try kernel("linkat(2)", [String(cString: path)]) { linkat(from.parent.number, from.name, to.parent.number, to.name, 0) }
  }

  /// Makes a device node, fifo or socket; `type` is `S_IFCHR`, `S_IFBLK`, `S_IFIFO` or `S_IFSOCK`. The umask does not count.
  public borrowing func makeNode(
    _ path: UnsafePointer<CChar>, type: UInt32, mode: UInt32, major: UInt32 = 0, minor: UInt32 = 0, owner: FileOwner? = nil
  ) throws(KernelError) {
    let place = try locateParent(path)
    try kernel("mknodat(2)", [String(cString: path)]) {
      mknodat(place.parent.number, place.name, type | mode, __dev_t(clinux_makedev(major, minor)))
    }
    if let owner { try place.parent.setOwner(owner, at: place.name) }
    // O_PATH does not open the device.
    try place.parent.open(at: place.name, Int32(CLINUX_O_PATH) | O_NOFOLLOW).setPermissions(mode)
  }

  /// Removes a file, or an empty directory.
  public borrowing func remove(_ path: UnsafePointer<CChar>, isDirectory: Bool = false) throws(KernelError) {
    let place = try locateParent(path)
    try kernel("unlinkat(2)", [String(cString: path)]) { unlinkat(place.parent.number, place.name, isDirectory ? AT_REMOVEDIR : 0) }
  }

  /// Removes whatever is at `path`, a tree included; nothing there is fine.
  public borrowing func removeAll(_ path: UnsafePointer<CChar>) throws(KernelError) {
    do throws(KernelError) {
      let place = try locateParent(path)
      try removeTree(in: place.parent, place.name)
    } catch  where error.errno == ENOENT {}
  }

  /// Moves something inside the root, replacing what is there.
  public borrowing func rename(_ path: UnsafePointer<CChar>, to target: UnsafePointer<CChar>) throws(KernelError) {
    let from = try locateParent(path)
    let to = try locateParent(target)
    try kernel("renameat(2)", [String(cString: path), String(cString: target)]) {
      renameat(from.parent.number, from.name, to.parent.number, to.name)
    }
  }

  /// Exchanges two files inside the root at once (renameat2(2), RENAME_EXCHANGE).
  public borrowing func exchange(_ path: UnsafePointer<CChar>, with other: UnsafePointer<CChar>) throws(KernelError) {
    let one = try locateParent(path)
    let two = try locateParent(other)
    try kernel("renameat2(2)", [String(cString: path), String(cString: other)]) {
      clinux_renameat2(one.parent.number, one.name, two.parent.number, two.name, UInt32(CLINUX_RENAME_EXCHANGE))
    }
  }

  /// The directory that holds the last name of `path`, and that name, NUL at the end. `EINVAL` when there is no name (`/`, `..`).
  public borrowing func locateParent(_ path: UnsafePointer<CChar>) throws(KernelError) -> Place {
    let (before, name) = try PathParts.split(path)
    return Place(parent: try open(before, Int32(CLINUX_O_PATH) | O_DIRECTORY), name: name)
  }
}

/// A name in a directory.
public struct Place: ~Copyable, Sendable {
  /// An `O_PATH` descriptor.
  public let parent: Descriptor
  /// One name, NUL at the end.
  public let name: [CChar]
}
