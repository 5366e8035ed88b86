import CLinux
import Glibc
import LinuxKit

extension TreeExtractor {
  /// Removes what has a name in a directory, with all that is in it. What is mounted there stays, and is told; nothing is followed.
  func takeAway(_ name: [UInt8], in path: [CChar], _ entry: ArchiveEntry) throws {
    guard !name.isEmpty, name != [0x2E], name != [0x2E, 0x2E] else {
      throw TarError("the archive's entry \"\(entry.text)\" names nothing that could go")
    }
    try ignoring(ENOENT, ENOTDIR) { () throws(KernelError) in
      let parent = try root.open(path, O_RDONLY | O_DIRECTORY)
      _ = try removeAll(name.map { CChar(bitPattern: $0) } + [0], in: parent, depth: 0)
    }
  }

  /// False: something in it stays.
  private func removeAll(_ name: [CChar], in parent: borrowing Descriptor, depth: Int) throws(KernelError) -> Bool {
    let found = try parent.locate(at: name)
    let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard clinux_is_mount_root(found.number) != 1 else {
      note("\"\(text)\" is mounted, and stays")
      return false
    }
    guard depth < 400 else { throw KernelError("unlinkat(2)", errno: ELOOP, operands: [text]) }
    if try found.status().kind == .directory {
      let opened = try parent.open(at: name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      var isEmpty = true
      for inner in try opened.entries().map(\.name) {
        let isGone = try removeAll(inner, in: opened, depth: depth + 1)
        isEmpty = isEmpty && isGone
      }
      guard isEmpty else { return false }
    }
    try remove(name, in: parent)
    return true
  }
}
