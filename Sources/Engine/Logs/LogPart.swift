import Glibc
import ImageStore
import LinuxKit

/// Which file of a log one is, whatever its name and whether it has been packed since: the inode that it was written as, and when it was
/// written last. An inode's number is given to another file when this one is gone; the two together are not.
struct LogOrigin: Hashable {
  var inode: UInt64
  /// Nanoseconds since 1970.
  var modified: Int64

  init(_ status: FileStatus) {
    inode = status.inode
    modified = status.modified.seconds &* 1_000_000_000 &+ status.modified.nanoseconds
  }

  /// As a packed file says it.
  init?(comment: String) {
    let words = comment.split(separator: " ")
    guard words.count == 3, words[0] == "muster-log", let inode = UInt64(words[1]), let modified = Int64(words[2]) else { return nil }
    self.inode = inode
    self.modified = modified
  }

  var comment: String { "muster-log \(inode) \(modified)" }
}

/// One file of a log, open: as it was written, or packed.
final class LogPart {
  private let file: Descriptor
  let inode: UInt64
  /// Of a packed file; without content it is damaged, and as good as empty.
  private var packed: (content: UnpackedFile?, origin: LogOrigin?)?
  /// Where reading goes on, in what was written.
  private(set) var offset: Int64 = 0

  /// - Throws: `ENOENT` when there is none.
  private init(_ path: String, isPacked: Bool) throws {
    file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
    inode = try file.status().inode
    packed = isPacked ? (try? UnpackedFile(file), PackedFile.comment(of: file).flatMap { LogOrigin(comment: $0) }) : nil
  }

  /// The file of a name, or what was made of it; nil when there is neither.
  static func open(_ name: String) -> LogPart? {
    (try? LogPart(name, isPacked: false)) ?? (try? LogPart(name + ".gz", isPacked: true))
  }

  var isPacked: Bool { packed != nil }

  /// Of a file that is still written it changes.
  var origin: LogOrigin? {
    if let packed { return packed.origin }
    return (try? file.status()).map { LogOrigin($0) }
  }

  /// Whether a file of this name is this one, or what was made of it.
  func isAt(_ name: String) -> Bool { isItself(at: name) || isPacked(at: name) }

  func isItself(at name: String) -> Bool { Self.inode(at: isPacked ? name + ".gz" : name) == inode }

  /// Whether what was made of it is there.
  func isPacked(at name: String) -> Bool {
    guard !isPacked, let other = try? Descriptor.open(name + ".gz", O_RDONLY | O_NOFOLLOW),
      let made = PackedFile.comment(of: other).flatMap({ LogOrigin(comment: $0) })
    else { return false }
    return made == origin
  }

  /// Whether both are the same file, or one was made of the other.
  func isSame(as other: LogPart) -> Bool { isPacked == other.isPacked ? inode == other.inode : origin == other.origin }

  private static func inode(at path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  /// Of what is written, as far as it is known: of a packed file it is not.
  var size: Int64 { isPacked ? 0 : (try? file.status().size) ?? 0 }

  /// Reads on; 0 is the end of what is written.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count: Int
    if let packed {
      count = packed.content?.read(into: buffer) ?? 0
    } else {
      count = max(0, pread(file.number, buffer.baseAddress, buffer.count, off_t(offset)))
    }
    offset += Int64(count)
    return count
  }

  /// Goes on there.
  func seek(to place: Int64) {
    guard let packed else {
      offset = place
      return
    }
    if place < offset {
      guard let content = try? UnpackedFile(file) else { return }
      self.packed = (content, packed.origin)
      offset = 0
    }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while offset < place {
      let most = Int(min(Int64(bytes.count), place - offset))
      let count = bytes.withUnsafeMutableBytes { read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<most])) }
      if count == 0 { return }
    }
  }

  /// Where the last `count` lines begin, and how many there are (at most `count`). Of a packed file all is read for it.
  func place(ofLast count: Int) -> (offset: Int64, found: Int) {
    isPacked ? placeFromBeginning(count) : placeFromEnd(count)
  }

  private func placeFromEnd(_ count: Int) -> (offset: Int64, found: Int) {
    let block = 65_536
    let size = (try? file.status().size) ?? 0
    if count == 0 { return (size, 0) }
    var newlines = 0
    var end = size
    var bytes = [UInt8](repeating: 0, count: block)
    while end > 0 {
      let start = max(0, end - Int64(block))
      let got = bytes.withUnsafeMutableBytes { pread(file.number, $0.baseAddress, Int(end - start), off_t(start)) }
      guard got > 0 else { break }
      for index in stride(from: got - 1, through: 0, by: -1) where bytes[index] == 0x0A {
        // The newline that ends the file ends the last line; the one before the wanted line ends the line before it.
        newlines += 1
        if newlines > count { return (start + Int64(index) + 1, count) }
      }
      end = start
    }
    return (0, newlines)
  }

  private func placeFromBeginning(_ count: Int) -> (offset: Int64, found: Int) {
    // Where each of the last lines begins, in a ring.
    var beginnings: [Int64] = []
    var total = 0
    var start: Int64 = 0
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      let before = offset
      let got = bytes.withUnsafeMutableBytes { read(into: $0) }
      if got == 0 { break }
      if count == 0 { continue }
      for index in 0..<got where bytes[index] == 0x0A {
        if beginnings.count < count { beginnings.append(start) } else { beginnings[total % count] = start }
        total += 1
        start = before + Int64(index) + 1
      }
    }
    if count == 0 { return (offset, 0) }
    return total <= count ? (0, total) : (beginnings[total % count], count)
  }
}
