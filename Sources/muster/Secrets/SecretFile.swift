import Diagnostics
import Glibc
import LinuxKit

/// A new file of this user's alone with a secret's value.
struct SecretFile {
  let path: String

  /// Looks whether it can be made. Throws, having changed nothing.
  init(_ path: String) throws {
    self.path = path
    var status = stat()
    guard lstat(path, &status) != 0 else { throw Exit(1, "\(visible(path)) is there already\n  hint: give another --name or --file") }
  }

  /// Whole, or not there.
  func write(_ value: [UInt8]) throws {
    let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    do throws(KernelError) {
      try makeDirectories(directory, mode: 0o700)
      let file = try Descriptor.open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: 0o600)
      do throws(KernelError) {
        try file.writeAll(value)
        try file.synchronize()
        try Descriptor.open(directory, O_RDONLY | O_DIRECTORY).synchronize()
      } catch {
        remove()
        throw error
      }
    } catch {
      throw Exit(1, "\(visible(path)) is not written: \(error.reason)")
    }
  }

  func remove() { unlink(path) }
}
