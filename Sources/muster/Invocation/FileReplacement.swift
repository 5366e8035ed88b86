import Diagnostics
import Glibc
import LinuxKit
import StackLoader
import SystemPackage

/// A file of the user's that is to be written anew, as a whole: a temporary file beside it, `fsync(2)`, `rename(2)`. Mode and owner stay; a
/// symbolic link is followed to the file that it means.
struct FileReplacement {
  private let shown: String
  private let target: String
  private let status: stat
  private let content: [UInt8]

  /// Looks whether it can be done. Throws, having changed nothing, when the file is read-only, or is not any more what was read.
  init(_ path: String, shown: String, before: [UInt8], after: [UInt8]) throws {
    self.shown = shown
    content = after
    guard let resolved = realpath(path, nil) else { throw Self.refusal(shown, String(cString: strerror(errno))) }
    target = String(cString: resolved)
    free(resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw Self.refusal(shown, String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Self.refusal(shown, "it is not a regular file") }
    // Root may write to it; whoever took the right to write away did not mean us to.
    guard status.st_mode & 0o222 != 0, access(target, W_OK) == 0 else { throw Self.refusal(shown, "it is read-only") }
    guard (try? HostFiles().read(target, limit: before.count)) == before else { throw Self.refusal(shown, "it has changed meanwhile") }
    self.status = status
  }

  /// The old or the new content is there at any time, nothing else.
  func write() throws {
    do throws(KernelError) {
      try atomicWrite(
        FilePath(target), content, mode: UInt32(status.st_mode & 0o7777), owner: FileOwner(uid: status.st_uid, gid: status.st_gid))
    } catch {
      throw Self.refusal(shown, error.description)
    }
  }

  private static func refusal(_ shown: String, _ reason: String) -> Exit { Exit(1, "\(visible(shown)) is not rewritten: \(reason)") }
}
