import Glibc

extension Descriptor {
  /// The bytes that what is in this directory (opened for reading) takes on its disk. Links are not followed, what has more names is counted
  /// once, and what cannot be read not at all.
  public borrowing func diskUse() -> Int64 {
    var seen: Set<UInt64> = []
    return diskUse(depth: 0, &seen)
  }

  private borrowing func diskUse(depth: Int, _ seen: inout Set<UInt64>) -> Int64 {
    var total: Int64 = 0
    guard let entries = try? entries() else { return 0 }
    for entry in entries {
      guard let status = try? status(at: entry.name) else { continue }
      if status.links > 1, status.kind != .directory, !seen.insert(status.inode).inserted { continue }
      // Files of a program (fuse(4)) or of another machine may say that they have any number.
      total &+= status.blocks &* 512
      guard status.kind == .directory, depth < 200, let inner = try? open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      else { continue }
      total &+= inner.diskUse(depth: depth + 1, &seen)
    }
    return total
  }
}
