import Glibc
import LinuxKit

/// Looks for the first thing in which two trees in overlayfs's form differ: names, kinds, owners, modes, contents, links, attributes, and
/// the times of files.
final class TreeComparison {
  private let cancellation: Cancellation
  /// One of them is a merged view, in which a file keeps the links of its layer.
  private let isMerged: Bool
  private var links: [UInt64: UInt64] = [:]
  private var one = [UInt8](repeating: 0, count: 256 << 10)
  private var two = [UInt8](repeating: 0, count: 256 << 10)

  init(_ cancellation: Cancellation, isMerged: Bool = false) {
    self.cancellation = cancellation
    self.isMerged = isMerged
  }

  /// Where and in what `tree` is not as `model`, both opened for reading; nil: nowhere.
  func difference(of tree: borrowing Descriptor, from model: borrowing Descriptor) throws -> String? {
    if let found = try attributes(of: tree, from: model, "/", isDirectory: true) { return found }
    return try contents(of: tree, from: model, "/", depth: 0)
  }

  private func contents(of tree: borrowing Descriptor, from model: borrowing Descriptor, _ path: String, depth: Int) throws -> String? {
    guard depth < 400 else { return path + " is nested too deep" }
    let names = try model.entries().sorted { $0.text < $1.text }
    let found = Set(try tree.entries().map(\.text))
    if let missing = names.first(where: { !found.contains($0.text) }) { return path + missing.text + " is missing" }
    if found.count != names.count {
      let known = Set(names.map(\.text))
      return path + (found.subtracting(known).min() ?? "") + " is not of the layer"
    }
    for entry in names {
      try cancellation.check()
      if let found = try self.entry(entry.name, in: tree, from: model, path + entry.text, depth: depth) { return found }
    }
    return nil
  }

  private func entry(
    _ name: [CChar], in tree: borrowing Descriptor, from model: borrowing Descriptor, _ path: String, depth: Int
  ) throws -> String? {
    let (now, was) = (try tree.status(at: name), try model.status(at: name))
    guard now.kind == was.kind, now.major == was.major, now.minor == was.minor else { return path + " is of another kind" }
    guard now.uid == was.uid, now.gid == was.gid else { return path + " has another owner" }
    guard now.permissions == was.permissions else { return path + " has another mode" }
    if was.kind == .directory {
      let inside = try tree.open(at: name, Self.directory)
      let inModel = try model.open(at: name, Self.directory)
      if let found = try attributes(of: inside, from: inModel, path, isDirectory: true) { return found }
      return try contents(of: inside, from: inModel, path + "/", depth: depth + 1)
    }
    // A deletion is made when it is unpacked.
    guard now.modified == was.modified || was.isWhiteout else { return path + " has another time" }
    guard isMerged || now.links == was.links else { return path + " has another number of links" }
    if was.links > 1, !isMerged {
      if let known = links[was.inode], known != now.inode { return path + " is linked otherwise" }
      links[was.inode] = now.inode
    }
    switch was.kind {
    case .symlink: return try tree.readLink(at: name) == model.readLink(at: name) ? nil : path + " leads elsewhere"
    case .regular:
      guard now.size == was.size else { return path + " has another size" }
      let file = try tree.open(at: name, O_RDONLY | O_NOFOLLOW)
      let copy = try model.open(at: name, O_RDONLY | O_NOFOLLOW)
      if let found = try attributes(of: file, from: copy, path, isDirectory: false) { return found }
      return try haveEqualBytes(file, copy) ? nil : path + " has other content"
    default: return nil
    }
  }

  private static let directory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

  private func attributes(
    of file: borrowing Descriptor, from model: borrowing Descriptor, _ path: String, isDirectory: Bool
  ) throws -> String? {
    if isDirectory, path == "/" {
      let (now, was) = (try file.status(), try model.status())
      guard now.uid == was.uid, now.gid == was.gid, now.permissions == was.permissions else { return "/ has another owner or mode" }
    }
    // Of overlayfs's own notes only the one counts that changes what is seen.
    func isCounted(_ name: String) -> Bool { !name.hasPrefix("trusted.overlay.") || name == OverlayMark.opaque }
    let names = try model.attributeNames().filter(isCounted).sorted()
    guard try file.attributeNames().filter(isCounted).sorted() == names else { return path + " has other attributes" }
    for name in names where try file.attribute(name) != model.attribute(name) { return path + " has another " + name }
    return nil
  }

  private func haveEqualBytes(_ file: borrowing Descriptor, _ copy: borrowing Descriptor) throws -> Bool {
    while true {
      try cancellation.check()
      let (read, expected) = (try fill(&one, from: file), try fill(&two, from: copy))
      guard read == expected, one[..<read] == two[..<read] else { return false }
      if read == 0 { return true }
    }
  }

  private func fill(_ buffer: inout [UInt8], from file: borrowing Descriptor) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try buffer.withUnsafeMutableBytes { raw in
        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: raw[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
