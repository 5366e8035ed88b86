import Glibc
import ImageStore
import LinuxKit
import OCI

/// Carries out one COPY or ADD in a root file system, as BuildKit does: directories are merged, files replaced, every path resolved inside the root.
final class Copier {
  private let root: RootedDirectory
  private let walk: SourceWalk
  private let order: CopyOrder
  private let cancellation: Cancellation
  /// Where a file with more names was put first.
  private var links: [FileKey: [CChar]] = [:]
  private struct FileKey: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  init(into root: consuming RootedDirectory, from source: SourceRoot, _ order: CopyOrder, _ cancellation: Cancellation) {
    self.root = root
    self.walk = SourceWalk(source, excluding: order.excluded, cancellation)
    self.order = order
    self.cancellation = cancellation
  }

  /// The digest of what an order would copy.
  static func digest(of order: CopyOrder, from source: SourceRoot, _ cancellation: Cancellation) throws -> Digest {
    let walk = SourceWalk(source, excluding: order.excluded, cancellation)
    for (index, path) in order.sources.enumerated() where !walk.excludes(path) {
      noteName(of: path, order.dropped?[index], walk)
      try walk.walk(path) { entry, file in
        if entry.status.kind == .regular { try walk.bytes(of: file) { _ in } }
      }
    }
    noteDocuments(order, walk)
    return walk.digest
  }

  private static func noteDocuments(_ order: CopyOrder, _ walk: SourceWalk) {
    for document in order.documents {
      walk.note(document.name)
      walk.note(document.content)
    }
  }

  /// Copies, and returns the digest of what was copied.
  func run() throws -> Digest {
    for (index, path) in order.sources.enumerated() where !walk.excludes(path) {
      let dropped = order.dropped?[index]
      Self.noteName(of: path, dropped, walk)
      if order.unpacks, try unpack(path) { continue }
      var target: [UInt8] = []
      var isNew = false
      try walk.walk(path) { entry, file in
        if entry.path.isEmpty {
          (target, isNew) =
            if let dropped { try self.begin(path, below: dropped) } else { try self.begin(entry, named: Self.basename(path)) }
        }
        try self.place(entry, file, at: target + entry.path.flatMap { [0x2F] + $0 }, setsAttributes: isNew || !entry.path.isEmpty)
      }
    }
    for document in order.documents { try write(document) }
    Self.noteDocuments(order, walk)
    return walk.digest
  }

  /// What of a source's path shows at the destination is a part of the digest.
  private static func noteName(of path: [[UInt8]], _ dropped: Int?, _ walk: SourceWalk) {
    guard let dropped else { return walk.note(basename(path)) }
    walk.note("parents")
    for name in path.dropFirst(dropped) { walk.note(String(decoding: name, as: UTF8.self)) }
    walk.note("")
  }

  private static func basename(_ path: [[UInt8]]) -> String { String(decoding: path.last ?? [], as: UTF8.self) }

  /// Where the source goes, with missing directories made, and whether a directory there is new.
  private func begin(_ entry: SourceWalk.Entry, named name: String) throws -> (target: [UInt8], isNew: Bool) {
    let destination = Array(order.destination.utf8)
    let exists = try root.exists(destination.cName)
    let isDirectory = try exists && root.locate(destination.cName).status().kind == .directory
    if entry.status.kind == .directory {
      if exists, !isDirectory { throw BuildError("\(order.destination) is no directory") }
      try root.makeDirectories(destination.cName, owner: order.owner)
      return (destination, !exists)
    }
    if order.isDirectory || isDirectory {
      if exists, !isDirectory { throw BuildError("\(order.destination) is no directory") }
      try root.makeDirectories(destination.cName, owner: order.owner)
      return (destination + [0x2F] + Array(name.utf8), true)
    }
    let slash = destination.lastIndex(of: 0x2F) ?? 0
    try root.makeDirectories((destination[..<slash] + [0x2F]).cName, owner: order.owner)
    return (destination, true)
  }

  /// Where a source goes whose directories are kept, with these made as they are in the source.
  private func begin(_ path: [[UInt8]], below dropped: Int) throws -> (target: [UInt8], isNew: Bool) {
    var target = Array(order.destination.utf8)
    try root.makeDirectories(target.cName, owner: order.owner)
    guard path.count > dropped else { return (target, false) }
    for end in dropped..<(path.count - 1) {
      target += [0x2F] + path[end]
      if try isDirectory(target.cName) { continue }
      let kept = try walk.source.root.open(SourceRoot.cPath(Array(path[...end])), O_RDONLY | O_DIRECTORY)
      try place(SourceWalk.Entry(path: [], status: try kept.status()), kept, at: target, setsAttributes: true)
    }
    target += [0x2F] + (path.last ?? [])
    return (target, try !root.exists(target.cName))
  }

  private func place(_ entry: SourceWalk.Entry, _ source: borrowing Descriptor, at target: [UInt8], setsAttributes: Bool) throws {
    let status = entry.status
    let path = target.cName
    let owner = order.owner ?? (walk.source.keepsOwner ? FileOwner(uid: status.uid, gid: status.gid) : FileOwner(uid: 0, gid: 0))
    let permissions = order.permissions ?? status.permissions
    if status.kind == .directory {
      if try !isDirectory(path) {
        if try root.contains(path) { throw BuildError("cannot copy a directory over the file /\(text(target))") }
        // The directories above it may be ones that .dockerignore leaves out.
        try root.makeDirectories(path, owner: owner)
      }
      guard setsAttributes else { return }
      let made = try root.open(path, O_RDONLY | O_DIRECTORY)
      try attributes(of: source, onto: made, owner, permissions, status)
      return
    }
    try clear(path, target)
    if let slash = target.lastIndex(of: 0x2F), try !isDirectory(target[..<slash].cNameOrRoot) {
      try root.makeDirectories(target[..<slash].cNameOrRoot, owner: order.owner)
    }
    if status.links > 1, status.kind != .symlink {
      let key = FileKey(device: status.device, inode: status.inode)
      if let first = links[key] {
        if status.kind == .regular { try walk.bytes(of: source) { _ in } }
        return try root.makeLink(path, to: first)
      }
      links[key] = path
    }
    switch status.kind {
    case .regular:
      let made = try root.createFile(path, mode: 0o600)
      var position: Int64 = 0
      try walk.bytes(of: source) { piece in
        try made.writeAll(piece, at: position)
        position += Int64(piece.count)
      }
      try attributes(of: source, onto: made, owner, permissions, status)
    case .symlink: try root.makeSymlink(path, pointsTo: entry.target.cName, owner: owner)
    case .fifo: try root.makeNode(path, type: UInt32(S_IFIFO), mode: permissions, owner: owner)
    case .character:
      try root.makeNode(path, type: UInt32(S_IFCHR), mode: permissions, major: status.major, minor: status.minor, owner: owner)
    case .block: try root.makeNode(path, type: UInt32(S_IFBLK), mode: permissions, major: status.major, minor: status.minor, owner: owner)
    default: break
    }
  }

  private func attributes(
    of source: borrowing Descriptor, onto made: borrowing Descriptor, _ owner: FileOwner, _ permissions: UInt32, _ status: FileStatus
  ) throws {
    try made.setOwner(owner)
    if walk.source.keepsOwner {
      for name in try source.attributeNames() where name == "security.capability" || name.hasPrefix("user.") {
        if let value = try source.attribute(name) { try made.setAttribute(name, value) }
      }
    }
    try made.setPermissions(permissions)
    try made.setTimes(accessed: status.modified, modified: status.modified)
  }

  /// Makes room for a file: what is there goes, unless it is a directory.
  private func clear(_ path: [CChar], _ target: [UInt8]) throws {
    guard try root.contains(path) else { return }
    if try root.status(path).kind == .directory { throw BuildError("cannot copy a file over the directory /\(text(target))") }
    try root.remove(path)
  }

  private func write(_ document: (name: String, content: String)) throws {
    let exists = try isDirectory(Array(order.destination.utf8).cName)
    var target = Array(order.destination.utf8)
    if order.isDirectory || exists { target += [0x2F] + Array(document.name.utf8) }
    let slash = target.lastIndex(of: 0x2F) ?? 0
    try root.makeDirectories(target[..<slash].cNameOrRoot, owner: order.owner)
    try clear(target.cName, target)
    let made = try root.createFile(target.cName, mode: order.permissions ?? 0o644, owner: order.owner)
    try made.writeAll(document.content)
  }

  /// Unpacks a local archive into the destination; false when the file is none.
  private func unpack(_ path: [[UInt8]]) throws -> Bool {
    guard !walk.source.isDirectory(path) else { return false }
    let file = try walk.source.root.open(SourceRoot.cPath(path), O_RDONLY | O_NONBLOCK | O_NOCTTY)
    guard try file.status().kind == .regular, try isTarArchive(file) else { return false }
    try walk.walk(path) { _, file in try self.walk.bytes(of: file) { _ in } }
    try root.makeDirectories(Array(order.destination.utf8).cName, owner: order.owner)
    try unpackArchive(file, into: try root.subdirectory(Array(order.destination.utf8).cName), owner: order.owner, cancellation)
    return true
  }

  private func isDirectory(_ path: [CChar]) throws -> Bool {
    try root.exists(path) && root.locate(path).status().kind == .directory
  }

  private func text(_ path: [UInt8]) -> String { String(decoding: path.drop { $0 == 0x2F }, as: UTF8.self) }
}

extension ArraySlice<UInt8> {
  var cName: [CChar] { Array(self).cName }
  /// The root when it is empty.
  var cNameOrRoot: [CChar] { isEmpty ? [UInt8(ascii: "/")].cName : Array(self).cName }
}
