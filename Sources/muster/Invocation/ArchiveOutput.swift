import Diagnostics
import Glibc
import LinuxKit

/// Where an archive goes: a file, which appears whole or not at all, or standard output.
actor ArchiveOutput {
  private let shown: String
  private let target: String?
  private let temporary: String?
  private let descriptor: Descriptor

  /// `file`: nil is standard output, which must not be a terminal.
  init(_ file: String?, doing: String) throws {
    guard let file, file != "-" else {
      guard isatty(1) == 0 else { throw Exit(1, "cowardly refusing to \(doing) to a terminal. Use the -o flag or redirect") }
      (shown, target, temporary) = ("standard output", nil, nil)
      descriptor = try Descriptor.duplicate(1)
      return
    }
    shown = file
    var status = stat()
    do throws(KernelError) {
      if stat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        if status.st_mode & S_IFMT == S_IFDIR { throw KernelError("open(2)", errno: EISDIR, operands: [file]) }
        // A device or a pipe is written to as it is.
        (target, temporary) = (nil, nil)
        descriptor = try Descriptor.open(file, O_WRONLY)
        return
      }
      let place = file + ".muster-" + String(UInt64.random(in: 0 ... .max), radix: 36)
      descriptor = try Descriptor.open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o666)
      (target, temporary) = (file, place)
    } catch {
      throw Exit(1, "\(visible(file)): \(error.reason)")
    }
  }

  func write(_ bytes: [UInt8]) throws {
    do throws(KernelError) { try descriptor.writeAll(bytes) } catch { throw Exit(1, "\(visible(shown)): \(error.reason)") }
  }

  /// All is there.
  func finish() throws {
    guard let temporary, let target else { return }
    guard rename(temporary, target) == 0 else { throw Exit(1, "\(visible(shown)): \(String(cString: strerror(errno)))") }
  }

  /// Runs what fills it; what it has written when that fails goes again.
  static func filled(
    _ file: String?, doing: String, _ body: @Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void
  ) async throws {
    let output = try ArchiveOutput(file, doing: doing)
    do {
      try await body { try await output.write($0) }
      try await output.finish()
    } catch {
      if let temporary = output.temporary { unlink(temporary) }
      throw error
    }
  }
}
