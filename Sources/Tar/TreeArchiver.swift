import CLinux
import Glibc
package import LinuxKit

/// Writes files and trees as a tar archive (pax), while others may be changing them: nothing is followed, what vanishes is left out, what becomes
/// shorter is filled up. Sockets are left out, and what is not to be entered.
package final class TreeArchiver {
  private let rules: ArchivingRules
  private let put: (UnsafeRawBufferPointer) throws -> Void
  /// First path of files with more names.
  private var links: [Identity: [UInt8]] = [:]
  private var buffer = [UInt8](repeating: 0, count: 131_072)

  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  package init(_ rules: ArchivingRules = ArchivingRules(), to put: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.rules = rules
    self.put = put
  }

  /// Writes what an `O_PATH` descriptor is, and everything in it, under a name (`.`: without one of its own).
  package func write(_ file: borrowing Descriptor, as name: [UInt8]) throws { try entry(file, at: name, depth: 0) }

  /// Writes that what is at a path goes (the whiteout of an OCI image layer).
  package func remove(_ path: [UInt8]) throws {
    let name = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
    try write(TarHeader.deletion(path[..<name] + Array(".wh.".utf8) + path[name...]).bytes(attributes: []))
  }

  /// The end of the archive.
  package func finish() throws { try write([UInt8](repeating: 0, count: 1024)) }

  private func entry(_ file: borrowing Descriptor, at path: [UInt8], depth: Int) throws {
    try rules.check()
    let status = try file.status()
    if status.kind != .directory, status.links > 1 {
      let identity = Identity(device: status.device, inode: status.inode)
      if let first = links[identity] { return try header(path, .hardLink, status, target: first) }
      links[identity] = path
    }
    switch status.kind {
    case .directory: try directory(file, at: path, status, depth: depth)
    case .regular: try regular(file, at: path, status)
    case .symlink: try header(path, .symlink, status, target: file.linkTarget().dropLast().map { UInt8(bitPattern: $0) })
    case .character: try header(path, .character, status)
    case .block: try header(path, .block, status)
    case .fifo: try header(path, .fifo, status)
    case .socket, .unknown: break
    }
  }

  private func directory(_ place: borrowing Descriptor, at path: [UInt8], _ status: FileStatus, depth: Int) throws {
    guard depth < 400 else { throw TarError("/\(String(decoding: path, as: UTF8.self)) is nested too deep") }
    let opened = try place.open(at: ".", O_RDONLY | O_DIRECTORY)
    let path = path + [0x2F]
    try header(path, .directory, status, attributes: attributes(of: opened))
    let isEntered = try rules.mayEnter(opened)
    guard isEntered else { return }
    let names = try opened.entries().map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
    for name in names {
      try child(name, of: opened, on: status.device, at: path, depth: depth + 1)
    }
  }

  /// Writes what has a name in a directory, unless it is gone.
  private func child(_ name: [CChar], of directory: borrowing Descriptor, on device: UInt64, at path: [UInt8], depth: Int) throws {
    let isThere = try present(name, in: directory)
    guard isThere else { return }
    let found = try directory.locate(at: name)
    let inner = try found.status()
    // Another file system's file that is bound here.
    if inner.kind != .directory, inner.device != device {
      let isTaken = try rules.mayEnter(found)
      if !isTaken { return }
    }
    let below = (path == [0x2E, 0x2F] ? [] : path) + name.dropLast().map { UInt8(bitPattern: $0) }
    try entry(found, at: below, depth: depth)
  }

  private func present(_ name: [CChar], in directory: borrowing Descriptor) throws(KernelError) -> Bool {
    do throws(KernelError) {
      _ = try directory.status(at: name)
      return true
    } catch  where error.errno == ENOENT {
      return false
    }
  }

  private func regular(_ place: borrowing Descriptor, at path: [UInt8], _ status: FileStatus) throws {
    // The very file: what has the name by now may be a device.
    let file = try Descriptor.open(place.magicPath(), O_RDONLY | O_NONBLOCK | O_NOCTTY)
    let attributes = try attributes(of: file)
    let found = try SparseMap(of: file, status)
    guard let map = found else {
      try header(path, .file, status, attributes: attributes)
      return try data(of: file, [SparseMap.Range(offset: 0, length: status.size)])
    }
    let table = map.bytes
    let slash = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
    var header = TarHeader(path: path[..<slash] + Array("GNUSparseFile.0/".utf8) + path[slash...], type: .file, status: status)
    header.size = Int64(table.count) + map.dataSize
    header.records = [
      ("GNU.sparse.major", Array("1".utf8)), ("GNU.sparse.minor", Array("0".utf8)), ("GNU.sparse.name", path),
      ("GNU.sparse.realsize", Array(String(map.size).utf8)),
    ]
    try write(owned(header, status).bytes(attributes: attributes))
    try write(table)
    try data(of: file, map.ranges)
  }

  private func data(of file: borrowing Descriptor, _ ranges: [SparseMap.Range]) throws {
    var total: Int64 = 0
    for range in ranges where range.length > 0 {
      let number = file.number
      try kernel("lseek(2)") { lseek(number, off_t(range.offset), SEEK_SET) }
      var left = range.length
      while left > 0 {
        try rules.check()
        let wanted = Int(min(left, Int64(buffer.count)))
        try buffer.withUnsafeMutableBytes { raw in
          let part = UnsafeMutableRawBufferPointer(rebasing: raw[..<wanted])
          let count = try file.read(into: part)
          // It has become shorter: filled up, as GNU tar does.
          if count == 0 { part.initializeMemory(as: UInt8.self, repeating: 0) }
          let filled = count == 0 ? wanted : count
          try put(UnsafeRawBufferPointer(rebasing: part[..<filled]))
          left -= Int64(filled)
        }
      }
      total += range.length
    }
    let rest = Int(total % 512)
    if rest > 0 { try write([UInt8](repeating: 0, count: 512 - rest)) }
  }

  private func attributes(of file: borrowing Descriptor) throws -> [(name: String, value: [UInt8])] {
    var kept: [(name: String, value: [UInt8])] = []
    for name in try file.attributeNames().sorted()
    where name == "security.capability" || (name.hasPrefix("user.") && !name.hasPrefix("user.overlay.")) {
      if let value = try file.attribute(name) { kept.append((name, value)) }
    }
    return kept
  }

  private func header(
    _ path: [UInt8], _ type: TarHeader.EntryType, _ status: FileStatus, target: [UInt8] = [],
    attributes: [(name: String, value: [UInt8])] = []
  ) throws {
    try write(owned(TarHeader(path: path, type: type, status: status, target: target), status).bytes(attributes: attributes))
  }

  private func owned(_ header: TarHeader, _ status: FileStatus) -> TarHeader {
    let owner = rules.owner(FileOwner(uid: status.uid, gid: status.gid))
    var header = header
    (header.uid, header.gid) = (owner.uid, owner.gid)
    return header
  }

  private func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try put($0) } }
}
