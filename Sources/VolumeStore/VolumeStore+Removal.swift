import Glibc
public import LinuxKit
public import StackModel
import SystemPackage

/// A removal has two halves, because one that is interrupted must leave neither half a volume nor a name without data: the directory gets a name that
/// is no volume's, in one step, and is then emptied however long that takes.
extension VolumeStore {
  /// No volume's name begins with a dot.
  private static let mark = ".removed-"

  /// Takes the volume away, to stay away also after a power cut; one that is not there is fine. `clear` frees its space.
  ///
  /// What is mounted as the volume is unmounted, and stays what it is; `EBUSY` when that cannot be.
  public func discard(_ name: VolumeName) throws(KernelError) {
    try clear(name)
    try unmount(name)
    try refuseMounts(below: "\(directory)/\(name)")
    try move("\(directory)/\(name)", to: discardedPath(name))
  }

  /// Takes `discard` back.
  public func restore(_ name: VolumeName) throws(KernelError) { try move(discardedPath(name), to: "\(directory)/\(name)") }

  /// Removes what was discarded under that name.
  public func clear(_ name: VolumeName) throws(KernelError) {
    guard access(discardedPath(name), F_OK) == 0 else { return }
    try refuseMounts(below: discardedPath(name))
    try removeTree(FilePath(discardedPath(name)))
  }

  /// Volumes that were taken away and not cleared.
  public func discarded() throws(KernelError) -> [VolumeName] {
    try entries().filter { $0.hasPrefix(Self.mark) }.map { VolumeName(String($0.dropFirst(Self.mark.count))) }
  }

  /// Volumes that have a directory.
  public func names() throws(KernelError) -> [VolumeName] { try entries().filter { !$0.hasPrefix(".") }.map { VolumeName($0) } }

  public func exists(_ name: VolumeName) -> Bool { access(path(of: name), F_OK) == 0 }

  /// Which directory its data are in; nil: there is none.
  public func inode(_ name: VolumeName) -> UInt64? {
    var status = stat()
    return stat(path(of: name), &status) == 0 ? UInt64(status.st_ino) : nil
  }

  /// Removes the directory of a volume that holds nothing; false: it holds something.
  @discardableResult
  public func removeIfEmpty(_ name: VolumeName) -> Bool {
    rmdir(path(of: name))
    return rmdir("\(directory)/\(name)") == 0
  }

  private func discardedPath(_ name: VolumeName) -> String { "\(directory)/\(Self.mark)\(name)" }

  private func entries() throws(KernelError) -> [String] {
    try Descriptor.open(directory, O_RDONLY | O_DIRECTORY).entries().map(\.text)
  }

  private func move(_ old: String, to new: String) throws(KernelError) {
    guard rename(old, new) == 0 else {
      if errno == ENOENT { return }
      throw KernelError("rename(2)", errno: errno, operands: [old, new])
    }
    try Descriptor.open(directory, O_RDONLY | O_DIRECTORY).synchronize()
  }
}
