import Glibc
import ImageStore
import LinuxKit
import OCI

/// `SOURCE_DATE_EPOCH` (reproducible-builds.org): what a build makes is as old as its sources, so that the same sources give the same bytes.
struct SourceDate: Sendable {
  /// Seconds since 1970.
  let seconds: Int64

  static let name = "SOURCE_DATE_EPOCH"

  /// Of the build argument; nil: there is none.
  init?(_ arguments: [String: String]) throws {
    guard let text = arguments[Self.name], !text.isEmpty else { return nil }
    guard let seconds = Int64(text), (0..<253_402_300_800).contains(seconds) else {
      throw BuildError("\(Self.name)=\(text.prefix(40)) is no time", hint: "seconds since 1970: git log -1 --format=%ct")
    }
    self.seconds = seconds
  }

  /// As image configurations have it.
  var text: String { ImageTime.text(seconds: seconds, nanoseconds: 0) }

  /// A key for what was made with this date.
  func key(_ key: Digest) -> Digest {
    var dated = CacheKey("source-date", below: [])
    dated.fields([key.hex, "\(seconds)"])
    return dated.digest
  }

  /// Makes everything in a tree that is younger as old as this.
  func clamp(_ tree: String) throws {
    let root = try Descriptor.open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    try clamp(root, depth: 0)
    if try isYounger(root.status()) { try root.setTimes(accessed: time, modified: time) }
  }

  private var time: FileTime { FileTime(seconds: seconds) }

  private func isYounger(_ status: FileStatus) -> Bool {
    status.modified.seconds > seconds || status.modified.seconds == seconds && status.modified.nanoseconds > 0
  }

  private func clamp(_ directory: borrowing Descriptor, depth: Int) throws {
    guard depth < 1000 else { throw BuildError("a directory of the layer is nested too deep") }
    for entry in try directory.entries() {
      let status = try directory.status(at: entry.name)
      if status.kind == .directory {
        try clamp(directory.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), depth: depth + 1)
      }
      if isYounger(status) { try directory.setTimes(accessed: time, modified: time, at: entry.name) }
    }
  }
}
