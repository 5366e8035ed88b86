import Glibc
import LinuxKit

/// Finds what an overlay's upper directory changes of the layers below it.
final class ChangeWalk {
  private let lower: RootedDirectory
  private let cancellation: Cancellation
  private(set) var changes: [TreeChange] = []

  /// `lower`: the merged view of the layers.
  init(over lower: consuming RootedDirectory, _ cancellation: Cancellation) {
    self.lower = lower
    self.cancellation = cancellation
  }

  /// Goes through the upper directory, opened for reading.
  func walk(_ upper: borrowing Descriptor) throws { try contents(of: upper, at: [], hasLower: true, depth: 0) }

  private func contents(of directory: borrowing Descriptor, at path: [UInt8], hasLower: Bool, depth: Int) throws {
    guard depth < 400 else { throw ImageStoreError.invalid("/\(String(decoding: path, as: UTF8.self)) is nested too deep") }
    for entry in try directory.entries() {
      try cancellation.check()
      let place = path + [0x2F] + entry.name.dropLast().map { UInt8(bitPattern: $0) }
      let status = try directory.status(at: entry.name)
      let below = hasLower ? try kind(at: place) : nil
      if status.isWhiteout {
        if below != nil { note(place, .deleted) }
        continue
      }
      note(place, below == nil ? .added : .changed)
      guard status.kind == .directory else { continue }
      let inner = try directory.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      let isMerged = below == .directory
      if isMerged, try inner.attribute(OverlayMark.opaque) == [UInt8(ascii: "y")] { try noteHidden(by: inner, at: place) }
      try contents(of: inner, at: place, hasLower: isMerged, depth: depth + 1)
    }
  }

  /// What an opaque directory hides and does not have itself.
  private func noteHidden(by directory: borrowing Descriptor, at path: [UInt8]) throws {
    let own = Set(try directory.entries().map(\.text))
    for entry in try lower.open(path.cName, O_RDONLY | O_DIRECTORY).entries() where !own.contains(entry.text) {
      note(path + [0x2F] + entry.name.dropLast().map { UInt8(bitPattern: $0) }, .deleted)
    }
  }

  private func kind(at path: [UInt8]) throws(KernelError) -> FileStatus.Kind? {
    do throws(KernelError) { return try lower.status(path.cName).kind } catch  where [ENOENT, ENOTDIR].contains(error.errno) { return nil }
  }

  private func note(_ path: [UInt8], _ kind: TreeChange.Kind) {
    changes.append(TreeChange(path: String(decoding: path, as: UTF8.self), kind: kind))
  }
}
