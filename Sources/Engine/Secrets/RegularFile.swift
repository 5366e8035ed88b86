import Glibc

/// Reads small files that a stack names, and nothing that is not a file: a FIFO or a device would hang or never end.
enum RegularFile {
  enum Failure: Error, Equatable {
    case missing, notRegular, tooLarge, unreadable(Int32)
  }

  /// The whole content, at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    guard status.st_size <= limit else { throw .tooLarge }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count) }
      if got < 0 {
        if errno == EINTR { continue }
        throw .unreadable(errno)
      }
      if got == 0 { break }
      count += got
    }
    guard count <= limit else { throw .tooLarge }
    return Array(bytes.prefix(count))
  }
}
