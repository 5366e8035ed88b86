/// What the loader sees of the machine: files, read whole.
public protocol FileReader: Sendable {
  /// The bytes of a regular file of at most `limit` bytes.
  func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]
  /// Everything on standard input, at most `limit` bytes.
  func readStandardInput(limit: Int) throws(FileError) -> [UInt8]
  /// Whether there is a regular file under this path.
  func hasFile(_ path: String) -> Bool
  /// Whether there is anything under this path, be it a file, a directory or a socket.
  func hasAnything(_ path: String) -> Bool
}

extension FileReader {
  /// For readers that know of files only.
  public func hasAnything(_ path: String) -> Bool { hasFile(path) }
}

/// Why a file could not be read.
public enum FileError: Error, Sendable, Equatable, CustomStringConvertible {
  case missing
  /// A directory, a pipe, a device.
  case notRegular
  case tooLarge(limit: Int)
  case unreadable(String)

  public var description: String {
    switch self {
    case .missing: "there is no such file"
    case .notRegular: "it is not a regular file"
    case .tooLarge(let limit): "it is larger than \(limit / 1_048_576) MiB"
    case .unreadable(let reason): reason
    }
  }
}
