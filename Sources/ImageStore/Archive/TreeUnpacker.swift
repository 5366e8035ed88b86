import Glibc
import LinuxKit
import Tar

/// Writes an archive's entries into a directory and nowhere else: every path is resolved by the kernel inside that root, the last name is never
/// followed, and what stands in the way is replaced.
///
/// `.wh.` names become overlayfs whiteouts and opaque directories (OCI Image Specification, "Image Layer Filesystem Changeset").
final class TreeUnpacker {
  enum Whiteouts {
    /// Made to what overlayfs understands.
    case overlay
    /// An archive that is no layer must not have them.
    case refused
  }

  private let root: RootedDirectory
  private let whiteouts: Whiteouts
  private let limits: UnpackLimits
  /// Of everything, instead of the archive's.
  private let owner: FileOwner?
  private var entries = 0
  /// Bytes of the regular files written.
  private(set) var size: Int64 = 0
  /// The root itself is opaque.
  private(set) var hidesLower = false
  /// Names of extended attributes that were left out.
  private(set) var droppedAttributes: Set<String> = []
  /// Directories' times are set last: making files in them changes them.
  private var directoryTimes: [(path: [CChar], modified: FileTime)] = []
  /// The directory of the last entry; the next one is most often there too.
  private var current: OpenDirectory?

  init(
    into root: consuming RootedDirectory, whiteouts: Whiteouts = .overlay, owner: FileOwner? = nil, limits: UnpackLimits = UnpackLimits()
  ) {
    self.owner = owner
    self.root = root
    self.whiteouts = whiteouts
    self.limits = limits
  }

  /// Unpacks everything.
  func unpack(_ archive: ArchiveReader) throws {
    while let entry = try archive.next() {
      entries += 1
      guard entries <= limits.entries else { throw ImageStoreError.invalid("the archive has more than \(limits.entries) entries") }
      do { try unpack(entry, from: archive) } catch let error as KernelError {
        throw ImageStoreError.invalid("unpacking \"\(entry.text)\": \(error)")
      }
    }
    for directory in directoryTimes.reversed() {
      // A directory that a later entry replaced has no time to set.
      try ignoring(ENOENT, ENOTDIR, ELOOP) { () throws(KernelError) in
        try root.open(directory.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          .setTimes(accessed: directory.modified, modified: directory.modified)
      }
    }
  }

  private func unpack(_ entry: ArchiveEntry, from archive: ArchiveReader) throws {
    let path = try EntryPath(entry.path)
    let owner = try owner(of: entry)
    if path.isRoot {
      guard entry.kind == .directory else { throw ImageStoreError.invalid("the archive's root is no directory") }
      return try finishDirectory(try root.open(".", O_RDONLY | O_DIRECTORY), path, entry, owner)
    }
    let parent = try directory(path.parent)
    if path.last.starts(with: Array(".wh.".utf8)) { return try whiteout(path.last, in: parent, entry) }
    let name = path.last.cName
    switch entry.kind {
    case .directory: try makeDirectory(name, in: parent, path, entry, owner)
    case .file: try makeFile(name, in: parent, entry, owner, archive)
    case .symlink:
      guard !entry.target.isEmpty, entry.target.count < Int(PATH_MAX) else {
        throw ImageStoreError.invalid("the archive's symbolic link \"\(entry.text)\" has no usable target")
      }
      let target = entry.target.cName
      try placing(name, in: parent) { () throws(KernelError) in
        try parent.descriptor.makeSymlink(at: name, pointsTo: target)
      }
      try parent.descriptor.setOwner(owner, at: name)
      try parent.descriptor.setTimes(accessed: entry.modified, modified: entry.modified, at: name)
    case .hardLink:
      let target = try EntryPath(entry.target)
      guard !target.isRoot, target != path else {
        throw ImageStoreError.invalid("the archive's hard link \"\(entry.text)\" links to itself or to the root")
      }
      guard try root.contains(target.cString) else {
        throw ImageStoreError.invalid(
          "the archive's hard link \"\(entry.text)\" links to something that the archive does not have before it")
      }
      try placing(name, in: parent) { () throws(KernelError) in try root.makeLink(path.cString, to: target.cString) }
    case .character, .block, .fifo: try makeNode(name, in: parent, entry, owner)
    case .other: throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" is of an unknown type")
    }
  }

  private func owner(of entry: ArchiveEntry) throws -> FileOwner {
    // 2^32-1 means "leave it" to chown(2).
    let range: Range<Int64> = 0..<Int64(UInt32.max)
    guard range.contains(entry.uid), range.contains(entry.gid) else {
      throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" has an owner that is no user id: \(entry.uid):\(entry.gid)")
    }
    return owner ?? FileOwner(uid: UInt32(entry.uid), gid: UInt32(entry.gid))
  }

  /// The directory at a path, made with its parents when missing.
  private func directory(_ path: [CChar]) throws(KernelError) -> OpenDirectory {
    if let current, current.path == path { return current }
    let opened = OpenDirectory(path: path, try root.makeDirectories(path))
    current = opened
    return opened
  }

  /// Makes something; what has its name already is removed first.
  private func placing(_ name: [CChar], in parent: OpenDirectory, _ make: () throws(KernelError) -> Void) throws(KernelError) {
    do throws(KernelError) { try make() } catch  where error.errno == EEXIST {
      try removeTree(in: parent.descriptor, name)
      current = nil
      try make()
    }
  }

  private func makeDirectory(_ name: [CChar], in parent: OpenDirectory, _ path: EntryPath, _ entry: ArchiveEntry, _ owner: FileOwner) throws
  {
    var isOpaque = false
    let isTaken = try ignoring(EEXIST) { () throws(KernelError) in
      try parent.descriptor.makeDirectory(at: name, mode: entry.permissions)
    }
    if isTaken {
      let found = try parent.descriptor.status(at: name)
      if found.kind != .directory {
        isOpaque = found.isWhiteout
        try removeTree(in: parent.descriptor, name)
        current = nil
        try parent.descriptor.makeDirectory(at: name, mode: entry.permissions)
      }
    }
    let made = try parent.descriptor.open(at: name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    if isOpaque { try made.markOpaque() }
    try finishDirectory(made, path, entry, owner)
  }

  private func finishDirectory(_ made: borrowing Descriptor, _ path: EntryPath, _ entry: ArchiveEntry, _ owner: FileOwner) throws {
    try made.setOwner(owner)
    try setAttributes(of: entry, on: made)
    try made.setPermissions(entry.permissions)
    directoryTimes.append((path.cString, entry.modified))
  }

  private func makeFile(
    _ name: [CChar], in parent: OpenDirectory, _ entry: ArchiveEntry, _ owner: FileOwner, _ archive: ArchiveReader
  ) throws {
    guard entry.size >= 0, entry.size <= limits.bytes - size else {
      throw ImageStoreError.invalid("the archive's file \"\(entry.text)\" declares \(entry.size) bytes, more than an archive may have")
    }
    try placing(name, in: parent) { () throws(KernelError) in
      try parent.descriptor.makeNode(at: name, type: UInt32(S_IFREG), mode: 0o600)
    }
    let file = try parent.descriptor.open(at: name, O_WRONLY | O_NOFOLLOW)
    var end: Int64 = 0
    while let (bytes, offset) = try archive.nextData() {
      guard offset >= end, Int64(bytes.count) <= entry.size - offset else {
        throw ImageStoreError.invalid("the archive's file \"\(entry.text)\" has data outside its size")
      }
      try file.writeAll(bytes, at: offset)
      end = offset + Int64(bytes.count)
    }
    if end != entry.size { try file.setSize(entry.size) }
    size += entry.size
    // chown(2) clears set-user-id and file capabilities, so both come after it.
    try file.setOwner(owner)
    try setAttributes(of: entry, on: file)
    try file.setPermissions(entry.permissions)
    try file.setTimes(accessed: entry.modified, modified: entry.modified)
  }

  private func makeNode(_ name: [CChar], in parent: OpenDirectory, _ entry: ArchiveEntry, _ owner: FileOwner) throws {
    let isDevice = entry.kind != .fifo
    let type =
      switch entry.kind {
      case .character: UInt32(S_IFCHR)
      case .block: UInt32(S_IFBLK)
      default: UInt32(S_IFIFO)
      }
    if entry.kind == .character, entry.major == 0, entry.minor == 0 {
      throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" is a device 0/0, which overlayfs takes for a deletion")
    }
    try placing(name, in: parent) { () throws(KernelError) in
      try parent.descriptor.makeNode(
        at: name, type: type, mode: entry.permissions, major: isDevice ? entry.major : 0, minor: isDevice ? entry.minor : 0)
    }
    let made = try parent.descriptor.locate(at: name)
    try made.setOwner(owner)
    try made.setPermissions(entry.permissions)
    try parent.descriptor.setTimes(accessed: entry.modified, modified: entry.modified, at: name)
  }

  private func whiteout(_ name: [UInt8], in parent: OpenDirectory, _ entry: ArchiveEntry) throws {
    guard whiteouts == .overlay else {
      throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" has a name that image layers use for deletions")
    }
    if name == Array(".wh..wh..opq".utf8) {
      if parent.path == [CChar(bitPattern: 0x2E), 0] { hidesLower = true }
      return try parent.descriptor.open(at: ".", O_RDONLY | O_DIRECTORY).markOpaque()
    }
    let hidden = Array(name.dropFirst(4))
    // Book-keeping of aufs, which means nothing here.
    if hidden.starts(with: Array(".wh.".utf8)) { return }
    guard !hidden.isEmpty, hidden != [0x2E], hidden != [0x2E, 0x2E] else {
      throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" deletes nothing that has a name")
    }
    let isTaken = try ignoring(EEXIST) { () throws(KernelError) in
      try parent.descriptor.makeNode(at: hidden.cName, type: UInt32(S_IFCHR), mode: 0)
    }
    // The layer's own entry hides what is below by itself, unless directories would be merged.
    if isTaken, try parent.descriptor.status(at: hidden.cName).kind == .directory {
      try parent.descriptor.open(at: hidden.cName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).markOpaque()
    }
  }

  private func setAttributes(of entry: ArchiveEntry, on file: borrowing Descriptor) throws {
    for (name, value) in entry.attributes {
      switch AttributeRule.of(name) {
      case .keep:
        guard value.count <= limits.attribute else {
          throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" has an attribute of \(value.count) bytes")
        }
        try file.setAttribute(name, value)
      case .drop: if droppedAttributes.count < 100 { droppedAttributes.insert(name) }
      case .refuse:
        throw ImageStoreError.invalid("the archive's entry \"\(entry.text)\" has the attribute \(name), which speaks to overlayfs")
      }
    }
  }
}

/// Does something; whether it failed with one of these error numbers.
@discardableResult
private func ignoring(_ errors: Int32..., while body: () throws(KernelError) -> Void) throws(KernelError) -> Bool {
  do throws(KernelError) {
    try body()
    return false
  } catch  where errors.contains(error.errno) { return true }
}

extension Descriptor {
  /// Makes this directory hide the one below it.
  fileprivate borrowing func markOpaque() throws(KernelError) { try setAttribute(OverlayMark.opaque, [UInt8(ascii: "y")]) }
}

/// A directory that is kept open.
final class OpenDirectory {
  let path: [CChar]
  let descriptor: Descriptor
  init(path: [CChar], _ descriptor: consuming Descriptor) {
    self.path = path
    self.descriptor = descriptor
  }
}
