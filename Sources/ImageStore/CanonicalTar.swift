import Glibc
import LinuxKit
import OCI
import Tar

/// A directory in overlayfs's form as a layer's tar stream: the same tree gives the same bytes on every machine.
///
/// POSIX.1-2001 (pax) format; the root first, entries sorted by name, a directory before what is in it; whiteouts and opaque directories as
/// `.wh.` names. The tree itself is the layer: the stream is written when it is to leave this machine. Sockets are removed, since no archive can have them.
final class CanonicalTar {
  private var hash = ContentHash()
  private var size: Int64 = 0
  private var entries = 0
  private let entryLimit: Int
  /// Only the length of the stream is wanted: no file is read.
  private let isMeasuring: Bool
  /// Otherwise it is a merged root, which has no deletions, and whose names mean nothing.
  private let isLayer: Bool
  /// Bytes of the stream.
  private(set) var length: Int64 = 0
  private let cancellation: Cancellation
  /// Gets the stream.
  private let sink: ((UnsafeRawBufferPointer) throws -> Void)?
  /// First path of files with more names.
  private var links: [UInt64: [UInt8]] = [:]
  private var buffer = [UInt8](repeating: 0, count: 131_072)

  init(
    _ cancellation: Cancellation, entryLimit: Int = .max, isMeasuring: Bool = false, isLayer: Bool = true,
    to sink: ((UnsafeRawBufferPointer) throws -> Void)? = nil
  ) {
    self.cancellation = cancellation
    self.entryLimit = entryLimit
    self.isMeasuring = isMeasuring
    self.isLayer = isLayer
    self.sink = sink
  }

  /// The digest and size of the tree, opened for reading.
  func layer(of root: borrowing Descriptor) throws -> Layer {
    try header(TarHeader(path: Array("./".utf8), type: .directory, status: try root.status()), attributes: try attributes(of: root, "/"))
    try contents(of: root, at: [], depth: 0)
    // Two empty blocks end the archive.
    try write([UInt8](repeating: 0, count: 1024))
    return Layer(diffID: hash.digest(), size: size)
  }

  private func contents(of directory: borrowing Descriptor, at path: [UInt8], depth: Int) throws {
    let shown = String(decoding: path, as: UTF8.self)
    guard depth < 400 else { throw ImageStoreError.invalid("/\(shown) is nested too deep for an image layer") }
    var names: [(bytes: [UInt8], name: [CChar])] = []
    for entry in try directory.entries() { names.append((entry.name.dropLast().map { UInt8(bitPattern: $0) }, entry.name)) }
    names.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    if isLayer, let mark = try directory.attribute(OverlayMark.opaque), mark == [UInt8(ascii: "y")] {
      try header(.deletion(path + Array(".wh..wh..opq".utf8)), attributes: [])
    }
    for (bytes, name) in names {
      try cancellation.check()
      entries += 1
      guard entries <= entryLimit else { throw ImageStoreError.invalid("the layer has more than \(entryLimit) entries") }
      guard !isLayer || !bytes.starts(with: Array(".wh.".utf8)) else {
        throw ImageStoreError.invalid(
          "/\(shown)\(String(decoding: bytes, as: UTF8.self)): an image layer cannot hold a name that starts with .wh.")
      }
      try entry(name, at: path + bytes, in: directory, depth: depth)
    }
  }

  private func entry(_ name: [CChar], at path: [UInt8], in directory: borrowing Descriptor, depth: Int) throws {
    let status = try directory.status(at: name)
    if status.isWhiteout {
      let slash = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
      return try header(.deletion(path[..<slash] + Array(".wh.".utf8) + path[slash...]), attributes: [])
    }
    if status.kind == .socket {
      if isLayer { try removeTree(in: directory, name) }
      return
    }
    if status.kind != .directory, status.links > 1 {
      if let first = links[status.inode] {
        return try header(TarHeader(path: path, type: .hardLink, status: status, target: first), attributes: [])
      }
      links[status.inode] = path
    }
    switch status.kind {
    case .directory:
      let inner = try directory.open(at: name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      let path = path + [0x2F]
      try header(TarHeader(path: path, type: .directory, status: status), attributes: try attributes(of: inner, text(path)))
      try contents(of: inner, at: path, depth: depth + 1)
    case .regular:
      let file = try directory.open(at: name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      try header(TarHeader(path: path, type: .file, status: status), attributes: try attributes(of: file, text(path)))
      try data(of: file, status.size, text(path))
      size += status.size
    case .symlink:
      let target = try directory.readLink(at: name).dropLast().map { UInt8(bitPattern: $0) }
      try header(TarHeader(path: path, type: .symlink, status: status, target: target), attributes: [])
    case .character: try header(TarHeader(path: path, type: .character, status: status), attributes: [])
    case .block: try header(TarHeader(path: path, type: .block, status: status), attributes: [])
    case .fifo: try header(TarHeader(path: path, type: .fifo, status: status), attributes: [])
    default: throw ImageStoreError.invalid("/\(text(path)) is of an unknown type")
    }
  }

  private func attributes(of file: borrowing Descriptor, _ path: String) throws -> [(name: String, value: [UInt8])] {
    var kept: [(name: String, value: [UInt8])] = []
    for name in try file.attributeNames().sorted() {
      if name.hasPrefix("trusted.overlay.") {
        // Other overlays cannot follow these; the sandbox mounts without both features.
        guard !name.hasSuffix(".redirect"), !name.hasSuffix(".metacopy") else {
          throw ImageStoreError.invalid(
            "/\(path) has the attribute \(name): the overlay must be mounted with redirect_dir=off,metacopy=off")
        }
        continue
      }
      if name == "security.selinux" { continue }
      if let value = try file.attribute(name) { kept.append((name, value)) }
    }
    return kept
  }

  private func header(_ header: TarHeader, attributes: [(name: String, value: [UInt8])]) throws {
    try write(header.bytes(attributes: attributes))
  }

  private func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    length += Int64(bytes.count)
    if isMeasuring { return }
    hash.update(bytes)
    try sink?(bytes)
  }

  private func data(of file: borrowing Descriptor, _ size: Int64, _ path: String) throws {
    if isMeasuring {
      length += (size + 511) / 512 * 512
      return
    }
    var left = size
    while left > 0 {
      try cancellation.check()
      let count = try buffer.withUnsafeMutableBytes { raw in
        let part = UnsafeMutableRawBufferPointer(rebasing: raw[..<Int(min(left, Int64(raw.count)))])
        let count = try file.read(into: part)
        try write(UnsafeRawBufferPointer(rebasing: part[..<count]))
        return count
      }
      guard count > 0 else { throw ImageStoreError.invalid("/\(path) became shorter while it was read") }
      left -= Int64(count)
    }
    let rest = Int(size % 512)
    if rest > 0 { try write([UInt8](repeating: 0, count: 512 - rest)) }
  }

  private func text(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }
}
