import Backend
import CLinux
import ContainerSetup
import Glibc
import LinuxKit
import StackModel

extension ContainerTree {
  /// Docker's words.
  static let readOnly = "container rootfs is marked read-only"

  /// An `O_PATH` descriptor of what is at a path.
  func locate(_ path: ContainerPath) throws -> Descriptor {
    guard !path.path.isEmpty, !path.path.utf8.contains(0) else { throw EngineError(.invalid, "no path in the container named") }
    let found = path.followsLink ? try root.locate(path.path) : try root.locateLink(path.path)
    guard try !isHidden(found) else {
      throw EngineError(
        .invalid, "\(path.path) is on /proc, /sys, /dev or a tmpfs of the container, from and to which nothing is copied",
        hint: "use exec, for example: muster exec -T SERVICE tar -c \(path.path)")
    }
    return found
  }

  func status(_ path: ContainerPath) throws -> PathStatus {
    let file = try locate(path)
    let status = try file.status()
    let target = status.kind == .symlink ? try linkTarget(path.path, file) : ""
    return PathStatus(
      name: String(decoding: archiveName(path.path), as: UTF8.self), size: status.size, mode: goMode(status),
      mtime: Timestamp.text(seconds: status.modified.seconds, nanoseconds: status.modified.nanoseconds), linkTarget: target)
  }

  /// A directory that may be written to, for extracting in it.
  func destination(_ path: ContainerPath) throws -> Descriptor {
    let found = try locate(ContainerPath(container: path.container, path: path.path, followsLink: true))
    guard try found.status().kind == .directory else { throw EngineError(.invalid, "\(path.path): extraction point is not a directory") }
    if clinux_is_read_only(found.number) == 1 {
      // OVERLAYFS_SUPER_MAGIC
      let isRoot = clinux_filesystem_type(found.number) == 0x794C_7630
      throw EngineError(.denied, "\(path.path): \(isRoot ? Self.readOnly : "mounted volume is marked read-only")")
    }
    return found
  }

  /// Files are made and read as the root of the container's user namespace while `body` runs in this thread. It must start no thread and resume no
  /// task meanwhile, which may start one: a new thread is who this one is.
  func asRoot<Value>(_ body: () throws -> Value) throws -> Value {
    guard let root = owners?.root else { return try body() }
    try kernel("capset(2)") { clinux_act_as(root.uid, root.gid) }
    defer { _ = clinux_act_as(0, 0) }
    return try body()
  }

  /// As the engine again, in `body` of `asRoot`.
  func asEngine<Value>(_ body: () throws -> Value) throws -> Value {
    guard let root = owners?.root else { return try body() }
    try kernel("capset(2)") { clinux_act_as(0, 0) }
    defer { _ = clinux_act_as(root.uid, root.gid) }
    return try body()
  }

  /// An owner as the container counts.
  func inside(_ owner: FileOwner) -> FileOwner {
    guard let owners else { return owner }
    func number(_ outside: UInt32, _ ranges: [UserMapping.Range]) -> UInt32 {
      for range in ranges where outside >= range.outside && outside - range.outside < range.count {
        return range.inside + (outside - range.outside)
      }
      return 65534
    }
    return FileOwner(uid: number(owner.uid, owners.users), gid: number(owner.gid, owners.groups))
  }

  /// An owner as the host counts; one that the container has not is its root.
  func outside(_ owner: FileOwner) -> FileOwner {
    guard let owners else { return owner }
    func number(_ inside: UInt32, _ ranges: [UserMapping.Range], _ root: UInt32) -> UInt32 {
      for range in ranges where inside >= range.inside && inside - range.inside < range.count {
        return range.outside + (inside - range.inside)
      }
      return root
    }
    return FileOwner(uid: number(owner.uid, owners.users, owners.root.uid), gid: number(owner.gid, owners.groups, owners.root.gid))
  }

  /// Where a link leads: the real path when something is there, else what it says.
  private func linkTarget(_ path: String, _ link: borrowing Descriptor) throws(KernelError) -> String {
    let text = String(decoding: try link.linkTarget().dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if let found = try? root.locate(path), let full = try? found.hostPath(), let base = try? root.descriptor.hostPath() {
      if base == "/" { return full }
      if full.hasPrefix(base + "/") { return String(full.dropFirst(base.count)) }
    }
    if text.hasPrefix("/") { return text }
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    return "/" + (parent.isEmpty ? text : parent + "/" + text)
  }
}

extension Descriptor {
  /// The path that the kernel shows for it, in whatever mount namespace it is.
  fileprivate borrowing func hostPath() throws(KernelError) -> String {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let path = magicPath()
    let length = try kernel("readlink(2)") { readlink(path, &target, Int(PATH_MAX)) }
    return String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Go's `os.FileMode`.
private func goMode(_ status: FileStatus) -> UInt32 {
  var mode = status.permissions & 0o777
  if status.permissions & 0o4000 != 0 { mode |= 1 << 23 }
  if status.permissions & 0o2000 != 0 { mode |= 1 << 22 }
  if status.permissions & 0o1000 != 0 { mode |= 1 << 20 }
  switch status.kind {
  case .directory: mode |= 1 << 31
  case .symlink: mode |= 1 << 27
  case .block: mode |= 1 << 26
  case .character: mode |= 1 << 26 | 1 << 21
  case .fifo: mode |= 1 << 25
  case .socket: mode |= 1 << 24
  case .regular, .unknown: break
  }
  return mode
}
