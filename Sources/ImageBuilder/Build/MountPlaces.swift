import Glibc
import LinuxKit

/// The files and directories that have to be made for mounts to have a place; empty as they are, they are no part of the layer.
final class MountPlaces {
  private let targets: [String]
  /// Paths that did not exist before, without leading slash, parents first.
  private var missing: [String] = []

  init(_ targets: [String]) { self.targets = targets }

  /// Looks what is missing, before anything is mounted.
  func note(in root: borrowing RootedDirectory) throws {
    for target in targets {
      var path = ""
      for part in target.split(separator: "/") {
        path += (path.isEmpty ? "" : "/") + part
        if !missing.contains(path), try !root.exists(Array(path.utf8CString)) { missing.append(path) }
      }
    }
  }

  /// Removes from the upper directory what was made for the mounts and is still empty. What the command itself has put there stays.
  func clear(_ upper: String) throws {
    let root = try RootedDirectory(path: upper)
    for path in missing.reversed() { try remove(path, from: root) }
  }

  private func remove(_ path: String, from root: borrowing RootedDirectory) throws {
    var parts = path.split(separator: "/").map(String.init)
    guard let name = parts.popLast(), let parent = try directory(parts.isEmpty ? "." : parts.joined(separator: "/"), in: root)
    else { return }
    let number = parent.number
    var status = stat()
    guard fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: unlinkat(number, name, AT_REMOVEDIR)
    case S_IFREG where status.st_size == 0: unlinkat(number, name, 0)
    default: break
    }
    withExtendedLifetime(parent) {}
  }

  private func directory(_ path: String, in root: borrowing RootedDirectory) throws -> SharedDescriptor? {
    do {
      return SharedDescriptor(try root.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    } catch let error where [ENOENT, ENOTDIR, ELOOP].contains(error.errno) {
      return nil
    }
  }
}
