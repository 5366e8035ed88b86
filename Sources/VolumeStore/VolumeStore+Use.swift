import Glibc
import LinuxKit
public import StackModel

extension VolumeStore {
  /// The bytes that a volume takes on its disk; nil when it cannot be read. Links are not followed, and what is counted once is not counted again.
  public func bytesUsed(by name: VolumeName) -> Int64? {
    guard let directory = try? Descriptor.open(path(of: name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
    return directory.diskUse()
  }
}
