import Glibc
import LinuxKit
import SystemPackage

/// Writes the text into a file, whole or not at all: what was there stays until the new text is complete. A device or pipe is written to.
func writeConfig(_ text: String, to path: String) throws {
  func fail(_ code: Int32) -> Exit { Exit(1, "\(path): \(String(cString: strerror(code)))") }
  var status = stat()
  let isThere = stat(path, &status) == 0
  if isThere, status.st_mode & S_IFMT != S_IFREG {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw fail(errno) }
    writeAll(file, text)
    guard close(file) == 0 else { throw fail(errno) }
    return
  }
  let mask = umask(0)
  umask(mask)
  // Through a link, so that the link stays.
  let place = isThere ? resolved(path) ?? path : path
  do {
    try atomicWrite(FilePath(place), Array(text.utf8), mode: isThere ? status.st_mode & 0o777 : 0o666 & ~mask)
  } catch {
    throw Exit(1, "\(path): \(error)")
  }
}

private func resolved(_ path: String) -> String? {
  guard let found = realpath(path, nil) else { return nil }
  defer { free(found) }
  return String(cString: found)
}
