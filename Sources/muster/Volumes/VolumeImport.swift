import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import LinuxKit

/// `muster volume import`.
struct VolumeImport: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Fill a volume from a tar archive, perhaps compressed.",
    discussion: """
      All of it is there at once, or nothing is changed. A volume that is not there is made; one that holds something is left alone unless --replace is
      said, and one that a running container has, always.
      Example: muster volume import shop_data data.tar
      """)
  @Flag(help: "What the volume holds goes, and what is in the archive takes its place.") var replace = false
  @Argument(help: "The volume.") var volume: String
  @Argument(help: "The archive; none or '-': standard input.") var source = "-"

  func perform(_ context: Context) async throws -> Int32 {
    let pieces = source == "-" ? standardInput() : try filePieces(source)
    for note in try await context.engine().importVolume(named: volume, replaces: replace, pieces) {
      context.output.error("warning: " + visible(note))
    }
    return 0
  }
}

/// A file of this machine, piece by piece.
private func filePieces(_ path: String) throws -> AsyncThrowingStream<[UInt8], any Error> {
  let file: SharedDescriptor
  do throws(KernelError) { file = SharedDescriptor(try Descriptor.open(path, O_RDONLY)) } catch {
    throw Exit(1, "\(visible(path)): \(error.reason)")
  }
  return AsyncThrowingStream {
    var buffer = [UInt8](repeating: 0, count: 262_144)
    let count = buffer.withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw Exit(1, "\(visible(path)): \(String(cString: strerror(errno)))") }
    return count == 0 ? nil : Array(buffer[..<count])
  }
}
