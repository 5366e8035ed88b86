/// The files as they would be with some of them rewritten.
struct OverlayFiles: FileReader {
  let reader: any FileReader
  /// By absolute path.
  var rewritten: [String: [UInt8]]

  func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    guard let bytes = rewritten[path] else { return try reader.read(path, limit: limit) }
    guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    return bytes
  }
  func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { try reader.readStandardInput(limit: limit) }
  func hasFile(_ path: String) -> Bool { rewritten[path] != nil || reader.hasFile(path) }
  func hasAnything(_ path: String) -> Bool { rewritten[path] != nil || reader.hasAnything(path) }
}
