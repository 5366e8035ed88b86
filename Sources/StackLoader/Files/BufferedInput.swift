/// A reader whose standard input, read when this is made, can be asked for more than once.
struct BufferedInput<Reader: FileReader>: FileReader {
  private let reader: Reader
  private let input: Result<[UInt8], FileError>

  init(reader: Reader, isNeeded: Bool, limit: Int) {
    self.reader = reader
    guard isNeeded else {
      input = .success([])
      return
    }
    do throws(FileError) { input = .success(try reader.readStandardInput(limit: limit)) } catch { input = .failure(error) }
  }

  func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] { try reader.read(path, limit: limit) }
  func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { try input.get() }
  func hasFile(_ path: String) -> Bool { reader.hasFile(path) }
  func hasAnything(_ path: String) -> Bool { reader.hasAnything(path) }
}
