import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc

/// `muster image load`.
struct ImageLoad: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Take in saved images: an archive (from standard input) or a directory.")
  @Option(name: .shortAndLong, help: ArgumentHelp("A file or directory.", valueName: "file")) var input: String?
  @Flag(name: .shortAndLong, help: "Tell nothing.") var quiet = false

  func perform(_ context: Context) async throws -> Int32 {
    let source: ImageSource
    if let input, input != "-" {
      source = .path(absolutePath(input))
    } else {
      guard isatty(0) == 0 else { throw Exit(1, "requested load from stdin, but stdin is empty\n  hint: -i FILE, or a pipe") }
      source = .pieces(AsyncThrowingStream { try await pieceOfInput() })
    }
    let loaded = try await context.engine().loadImages(source)
    for note in loaded.notes { context.output.error(visible(note)) }
    guard !quiet else { return 0 }
    for image in loaded.images {
      for reference in image.references { context.output.write("Loaded image: \(visible(reference))\n") }
      if image.references.isEmpty { context.output.write("Loaded image ID: \(image.id)\n") }
    }
    return 0
  }
}

/// What comes next on standard input; nil at its end.
private func pieceOfInput() async throws -> [UInt8]? {
  try await Readiness.shared.readable(0)
  var failure: Int32 = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
    let got = read(0, buffer.baseAddress, 256 << 10)
    if got < 0 { failure = errno }
    count = max(0, got)
  }
  guard failure == 0 || failure == EINTR else { throw Exit(1, "standard input: \(String(cString: strerror(failure)))") }
  return failure == EINTR ? [] : bytes.isEmpty ? nil : bytes
}
