import Backend
import Glibc
import LinuxKit
import StackModel
import Tar

/// What `image build -` finds on standard input: an archive of the build context, or a Dockerfile alone.
enum PipedContext {
  case dockerfile(String)
  /// A file that has no name, which the engine reads through this process.
  case archive(SharedDescriptor)

  private static let dockerfileLimit = 16 << 20

  /// Reads standard input to its end.
  init() throws {
    do {
      let file = try seekableInput()
      var head = [UInt8](repeating: 0, count: 512)
      let number = file.number
      let count = max(0, pread(number, &head, head.count, 0))
      guard count > 0 else { throw Exit(1, "the build context -: standard input is empty") }
      if Self.isArchive(head[..<count]) {
        self = .archive(file)
      } else {
        if lseek(number, 0, SEEK_SET) < 0 { throw KernelError.last("lseek(2)") }
        self = .dockerfile(String(decoding: try file.descriptor.readAll(limit: Self.dockerfileLimit), as: UTF8.self))
      }
    } catch let error as KernelError {
      throw Exit(1, "the build context -: \(error.errno == EFBIG ? "this is neither an archive nor a Dockerfile" : error.reason)")
    }
  }

  /// Makes a build one of what was found, which must live as long as the build.
  func add(to request: inout ImageBuildRequest, file: String?) throws {
    switch self {
    case .archive(let archive): request.sent = .archive(archive.pathForEngine)
    case .dockerfile(let text):
      guard file == nil else { throw Exit(1, "ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles") }
      request.sent = .nothing
      (request.spec.dockerfile, request.spec.inlineDockerfile) = (nil, text)
    }
  }

  /// As Docker tells them apart: packed (gzip, bzip2, xz, zstd), or beginning with a header of tar.
  static func isArchive(_ head: ArraySlice<UInt8>) -> Bool {
    let packed: [[UInt8]] = [
      [0x1F, 0x8B, 0x08], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
    ]
    return packed.contains { head.starts(with: $0) } || isTarHeader(Array(head))
  }
}
