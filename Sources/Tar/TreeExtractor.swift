import CLinux
import Glibc
package import LinuxKit

/// Brings an archive's entries into a directory and nowhere else, as Docker's `cp` does: every path is resolved by the kernel inside that root, the
/// last name is never followed, files replace files, directories that are there stay as they are, and neither takes the other's place.
package final class TreeExtractor {
  let root: RootedDirectory
  private let rules: ExtractionRules
  private var directoryTimes: [(path: [CChar], entry: ArchiveEntry)] = []
  /// Bytes of the files.
  package private(set) var size: Int64 = 0
  /// What was left out, for the user.
  package private(set) var notes: [String] = []

  package init(into root: consuming RootedDirectory, _ rules: ExtractionRules = ExtractionRules()) {
    self.root = root
    self.rules = rules
  }

  /// Extracts everything.
  package func extract(_ archive: some EntrySource) throws {
    while let entry = try archive.next() {
      try rules.check()
      try extract(entry, archive)
    }
    // Making files in a directory changes its time.
    for directory in directoryTimes.reversed() {
      try ignoring(ENOENT, ENOTDIR, ELOOP) { () throws(KernelError) in
        try root.open(directory.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          .setTimes(accessed: directory.entry.modified, modified: directory.entry.modified)
      }
    }
  }

  private func extract(_ entry: ArchiveEntry, _ archive: some EntrySource) throws {
    let names = try rules.place(try Self.names(entry.path))
    guard let last = names.last else {
      guard entry.kind == .directory else { throw TarError("the archive's root is no directory") }
      guard rules.setsRoot else { return }
      try finish(try root.open(".", O_RDONLY | O_DIRECTORY), entry)
      return directoryTimes.append((Self.path([]), entry))
    }
    if rules.appliesWhiteouts, entry.kind == .file, last.starts(with: Array(".wh.".utf8)) {
      return try takeAway(Array(last.dropFirst(4)), in: Self.path(names.dropLast()), entry)
    }
    let parent = try directory(names.dropLast())
    let name = last.map { CChar(bitPattern: $0) } + [0]
    switch entry.kind {
    case .directory: try makeDirectory(name, in: parent, names, entry)
    case .file: try makeFile(name, in: parent, entry, archive)
    case .symlink:
      let target = entry.target
      guard !target.isEmpty, target.count < Int(PATH_MAX) else {
        throw TarError("the archive's symbolic link \"\(entry.text)\" has no usable target")
      }
      try placing(name, in: parent, entry) { (parent) throws(KernelError) in
        try parent.makeSymlink(at: name, pointsTo: target.map { CChar(bitPattern: $0) } + [0])
      }
      if let owner = try owner(of: entry) { try parent.setOwner(owner, at: name) }
      try parent.setTimes(accessed: entry.modified, modified: entry.modified, at: name)
    case .hardLink:
      let target = try rules.place(try Self.names(entry.target))
      guard !target.isEmpty, target != names else {
        throw TarError("the archive's hard link \"\(entry.text)\" links to itself or to the root")
      }
      let (from, to) = (Self.path(target[...]), Self.path(names[...]))
      try placing(name, in: parent, entry) { (_) throws(KernelError) in try root.makeLink(to, to: from) }
    case .character, .block, .fifo: try makeNode(name, in: parent, entry)
    case .other: note("\"\(entry.text)\" is of a kind that is not known here, and was left out")
    }
  }

  /// The directory at a path, made with its parents when missing.
  private func directory(_ names: ArraySlice<[UInt8]>) throws -> Descriptor {
    if rules.followsLinks { return try root.makeDirectories(Self.path(names)) }
    return try directory(names, in: try root.open(".", O_RDONLY | O_DIRECTORY))
  }

  private func directory(_ names: ArraySlice<[UInt8]>, in parent: consuming Descriptor) throws -> Descriptor {
    guard let part = names.first else { return parent }
    let name = part.map { CChar(bitPattern: $0) } + [0]
    try makeIfMissing(name, in: parent)
    let kind = try parent.status(at: name).kind
    guard kind == .directory else {
      throw TarError("\"\(String(decoding: part, as: UTF8.self))\" is no directory, or a link: nothing is written through it")
    }
    let next = try parent.open(at: name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    return try directory(names.dropFirst(), in: next)
  }

  private func makeIfMissing(_ name: [CChar], in parent: borrowing Descriptor) throws(KernelError) {
    try ignoring(EEXIST) { () throws(KernelError) in try parent.makeDirectory(at: name, mode: 0o755) }
  }

  /// A path without `.`, `..` and slashes; one that would climb out is refused.
  private static func names(_ path: [UInt8]) throws -> [[UInt8]] {
    let shown = String(decoding: path.prefix(300), as: UTF8.self)
    guard path.count <= 4096, !path.contains(0) else { throw TarError("the archive has a name of \(path.count) bytes") }
    var names: [[UInt8]] = []
    for part in path.split(separator: 0x2F) where part != [0x2E] {
      guard part != [0x2E, 0x2E] else { throw TarError("the archive's entry \"\(shown)\" leads out of it") }
      names.append(Array(part))
    }
    return names
  }

  private static func path(_ names: ArraySlice<[UInt8]>) -> [CChar] {
    (names.isEmpty ? [0x2E] : Array(names.joined(separator: [0x2F]))).map { CChar(bitPattern: $0) } + [0]
  }

  /// Makes something; a file that has its name already goes before.
  private func placing(
    _ name: [CChar], in parent: borrowing Descriptor, _ entry: ArchiveEntry, _ make: (borrowing Descriptor) throws(KernelError) -> Void
  ) throws {
    let isTaken = try ignoring(EEXIST) { () throws(KernelError) in try make(parent) }
    guard isTaken else { return }
    try refuseDirectory(try parent.status(at: name).kind, entry)
    try remove(name, in: parent)
    try make(parent)
  }

  private func refuseDirectory(_ kind: FileStatus.Kind, _ entry: ArchiveEntry) throws {
    if kind == .directory, !rules.replacesKinds { throw TarError("cannot overwrite directory \"\(entry.text)\" with non-directory") }
  }

  /// Removes a file, or an empty directory. Not what something is mounted on: seen from outside the container's mount namespace that would succeed,
  /// and take the mount away.
  func remove(_ name: [CChar], in parent: borrowing Descriptor) throws(KernelError) {
    let found = try parent.locate(at: name)
    let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if clinux_is_mount_root(found.number) == 1 { throw KernelError("unlinkat(2)", errno: EBUSY, operands: [text]) }
    let isDirectory = try found.status().kind == .directory
    let number = parent.number
    try kernel("unlinkat(2)", [text]) { unlinkat(number, name, isDirectory ? AT_REMOVEDIR : 0) }
  }

  private func makeDirectory(_ name: [CChar], in parent: borrowing Descriptor, _ names: [[UInt8]], _ entry: ArchiveEntry) throws {
    let isTaken = try ignoring(EEXIST) { () throws(KernelError) in try parent.makeDirectory(at: name, mode: 0o700) }
    if isTaken {
      if try parent.status(at: name).kind == .directory { return }
      guard rules.replacesKinds else { throw TarError("cannot overwrite non-directory \"\(entry.text)\" with directory") }
      try remove(name, in: parent)
      try parent.makeDirectory(at: name, mode: 0o700)
    }
    let made = try parent.open(at: name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    try finish(made, entry)
    directoryTimes.append((Self.path(names[...]), entry))
  }

  private func makeFile(_ name: [CChar], in parent: borrowing Descriptor, _ entry: ArchiveEntry, _ archive: some EntrySource) throws {
    let file = try openFile(name, in: parent, entry)
    var end: Int64 = 0
    while let (bytes, offset) = try archive.nextData() {
      try rules.check()
      guard offset >= end, Int64(bytes.count) <= entry.size - offset else {
        throw TarError("the archive's file \"\(entry.text)\" has data outside its size")
      }
      try file.writeAll(bytes, at: offset)
      end = offset + Int64(bytes.count)
    }
    if end != entry.size { try file.setSize(entry.size) }
    size += entry.size
    try finish(file, entry)
    try file.setTimes(accessed: entry.modified, modified: entry.modified)
  }

  /// A new file; or, where a file is mounted on, that one, emptied.
  private func openFile(_ name: [CChar], in parent: borrowing Descriptor, _ entry: ArchiveEntry) throws -> Descriptor {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
    let kind = try kind(name, in: parent)
    guard let kind else { return try parent.open(at: name, flags, mode: 0o600) }
    try refuseDirectory(kind, entry)
    let isMountedOn = try !removed(name, in: parent)
    if isMountedOn {
      let found = try parent.locate(at: name)
      let kind = try found.status().kind
      guard kind == .regular else { throw KernelError("unlinkat(2)", errno: EBUSY, operands: [entry.text]) }
      return try Descriptor.open(found.magicPath(), O_WRONLY | O_TRUNC | O_NONBLOCK)
    }
    return try parent.open(at: name, flags, mode: 0o600)
  }

  private func kind(_ name: [CChar], in parent: borrowing Descriptor) throws(KernelError) -> FileStatus.Kind? {
    do throws(KernelError) { return try parent.status(at: name).kind } catch  where error.errno == ENOENT { return nil }
  }

  /// False: something is mounted on it.
  private func removed(_ name: [CChar], in parent: borrowing Descriptor) throws(KernelError) -> Bool {
    do throws(KernelError) {
      try remove(name, in: parent)
      return true
    } catch  where error.errno == EBUSY {
      return false
    }
  }

  private func makeNode(_ name: [CChar], in parent: borrowing Descriptor, _ entry: ArchiveEntry) throws {
    guard entry.kind == .fifo || rules.keepsPrivileges else { return note("the device \"\(entry.text)\" was left out") }
    let type =
      switch entry.kind {
      case .character: UInt32(S_IFCHR)
      case .block: UInt32(S_IFBLK)
      default: UInt32(S_IFIFO)
      }
    if entry.kind == .character, entry.major == 0, entry.minor == 0 {
      throw TarError("the archive's entry \"\(entry.text)\" is a device 0/0, which overlayfs takes for a deletion")
    }
    try placing(name, in: parent, entry) { (parent) throws(KernelError) in
      try parent.makeNode(at: name, type: type, mode: 0o600, major: entry.major, minor: entry.minor)
    }
    let made = try parent.locate(at: name)
    if let owner = try owner(of: entry) { try made.setOwner(owner) }
    try made.setPermissions(entry.permissions & 0o777)
    try parent.setTimes(accessed: entry.modified, modified: entry.modified, at: name)
  }

  /// Owner first (it clears set-user-id and file capabilities), then attributes and mode.
  private func finish(_ file: borrowing Descriptor, _ entry: ArchiveEntry) throws {
    if let owner = try owner(of: entry) { try file.setOwner(owner) }
    for (name, value) in entry.attributes where value.count <= 65536 {
      guard name.hasPrefix("user.") && !name.hasPrefix("user.overlay.") || name == "security.capability" && rules.keepsPrivileges else {
        continue
      }
      try ignoring(ENOTSUP) { () throws(KernelError) in try file.setAttribute(name, value) }
    }
    try file.setPermissions(entry.permissions & (rules.keepsPrivileges ? 0o7777 : 0o1777))
  }

  private func owner(of entry: ArchiveEntry) throws -> FileOwner? {
    guard let rule = rules.owner else { return nil }
    // 2^32-1 means "leave it" to chown(2).
    let range: Range<Int64> = 0..<Int64(UInt32.max)
    guard range.contains(entry.uid), range.contains(entry.gid) else {
      throw TarError("the archive's entry \"\(entry.text)\" has an owner that is no user id: \(entry.uid):\(entry.gid)")
    }
    return rule(FileOwner(uid: UInt32(entry.uid), gid: UInt32(entry.gid)))
  }

  func note(_ text: String) { if notes.count < 100 { notes.append(text) } }
}

/// Does something; whether it failed with one of these error numbers.
@discardableResult
func ignoring(_ errors: Int32..., while body: () throws(KernelError) -> Void) throws(KernelError) -> Bool {
  do throws(KernelError) {
    try body()
    return false
  } catch  where errors.contains(error.errno) { return true }
}
