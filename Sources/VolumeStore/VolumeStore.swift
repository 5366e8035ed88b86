import Glibc
public import LinuxKit
public import StackModel
import SystemPackage

/// Named volumes: a directory each, `<root>/volumes/NAME/_data`, as Docker lays them out.
public struct VolumeStore: Sendable {
  /// `<root>/volumes`, absolute.
  public let directory: String

  /// Makes the directory, for root alone, when it is missing.
  public init(directory: String) throws(KernelError) {
    self.directory = directory
    try makeDirectories(directory, mode: 0o711)
    spreadEntries(of: directory)
  }

  /// Makes an empty volume; one that is there is kept as it is. Returns the path of its data.
  @discardableResult
  public func create(_ name: VolumeName) throws(KernelError) -> String {
    try makeDirectories("\(directory)/\(name)", mode: 0o711)
    try makeDirectories(path(of: name), mode: 0o755)
    return path(of: name)
  }

  /// Where the volume's data are. Names come from the loader, which lets no slash through.
  public func path(of name: VolumeName) -> String { "\(directory)/\(name)/_data" }

  /// Whether it exists and holds nothing, which is when it is filled from an image.
  public func isEmpty(_ name: VolumeName) -> Bool {
    guard let stream = opendir(path(of: name)) else { return false }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let first = entry.pointee.d_name.0
      let second = entry.pointee.d_name.1
      let third = entry.pointee.d_name.2
      let dot = CChar(UInt8(ascii: "."))
      if first == dot, second == 0 || (second == dot && third == 0) { continue }
      return false
    }
    return true
  }

  /// Makes an empty directory beside the volume's data, to be filled. What an interrupted filling left is removed first.
  public func beginFilling(_ name: VolumeName) throws(KernelError) -> String {
    try abandonFilling(name)
    try makeDirectories(fillingPath(name), mode: 0o755)
    return fillingPath(name)
  }

  /// Puts what was filled in the place of the volume's data, which must be empty (`ENOTEMPTY`).
  public func finishFilling(_ name: VolumeName) throws(KernelError) {
    guard rename(fillingPath(name), path(of: name)) == 0 else {
      throw KernelError("rename(2)", errno: Glibc.errno, operands: [fillingPath(name), path(of: name)])
    }
  }

  /// Puts what was filled in the place of the volume's data, whatever they are, at once; they are removed.
  public func replaceByFilling(_ name: VolumeName) throws(KernelError) {
    try RootedDirectory(path: "\(directory)/\(name)").exchange("_filling", with: "_data")
    try abandonFilling(name)
  }

  /// Removes what was filled.
  public func abandonFilling(_ name: VolumeName) throws(KernelError) {
    try removeTree(FilePath(fillingPath(name)))
  }

  private func fillingPath(_ name: VolumeName) -> String { "\(directory)/\(name)/_filling" }
}
