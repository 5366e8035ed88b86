import Glibc
import LinuxKit
public import StackModel

extension VolumeStore {
  /// The bytes that a volume takes on its disk; nil when it cannot be read. Links are not followed, and what is counted once is not counted again.
  public func bytesUsed(by name: VolumeName) -> Int64? {
    guard let directory = try? Descriptor.open(path(of: name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
    var seen: Set<UInt64> = []
    return bytesUsed(in: directory, depth: 0, &seen)
  }

  private func bytesUsed(in directory: borrowing Descriptor, depth: Int, _ seen: inout Set<UInt64>) -> Int64 {
    var total: Int64 = 0
    for entry in (try? directory.entries()) ?? [] {
      guard let status = try? directory.status(at: entry.name) else { continue }
      if status.links > 1, status.kind != .directory, !seen.insert(status.inode).inserted { continue }
      total += status.blocks * 512
      guard status.kind == .directory, depth < 200,
        let inner = try? directory.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      else { continue }
      total += bytesUsed(in: inner, depth: depth + 1, &seen)
    }
    return total
  }
}
