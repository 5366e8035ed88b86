import Diagnostics
import Glibc
import LinuxKit
import Synchronization
import Tar

/// An archive out of a container on its way into a directory of this machine. It comes from whoever was in the container: nothing of it gets outside
/// the directory, or goes where it was not asked to.
struct OutgoingCopy: Sendable {
  let target: CopyTarget
  /// The name that the archive's entries begin with; `.`: none.
  let name: String
  /// Owners, set-user-id bits, file capabilities and devices come out too.
  let keepsAll: Bool

  struct Outcome: Sendable {
    var size: Int64
    var notes: [String]
  }

  /// Runs `receive`, which is given what takes the archive's bytes.
  func run(_ receive: @Sendable (@escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void) async throws -> Outcome {
    let (input, end) = try Self.pipe()
    let flag = Flag()
    let extracting = Task { [self] in
      try await onOwnThread {
        do { return try extract(input) } catch {
          flag.raise()
          // Who writes is not to be held up, nor ended by a pipe without a reader.
          var rest = [UInt8](repeating: 0, count: 65536)
          while read(input.number, &rest, rest.count) > 0 {}
          throw error
        }
      }
    }
    do {
      try await receive { bytes in
        if flag.isRaised { throw CancellationError() }
        try bytes.withUnsafeBytes { try end.write($0) }
      }
    } catch {
      end.close()
      // Why it was given up, when that is what ended it.
      if flag.isRaised { _ = try await extracting.value }
      _ = try? await extracting.value
      throw error
    }
    end.close()
    return try await extracting.value
  }

  private static func pipe() throws -> (SharedDescriptor, PipeEnd) {
    let pipe = try DescriptorPair.pipe().shared()
    return (pipe.first, PipeEnd(pipe.second))
  }

  private func extract(_ input: SharedDescriptor) throws -> Outcome {
    var rules = ExtractionRules()
    rules.owner = keepsAll ? { $0 } : nil
    rules.keepsPrivileges = keepsAll
    rules.followsLinks = false
    let (asked, new) = (name, target.name)
    rules.place = { names in
      var names = names
      if asked != "." {
        guard names.first == Array(asked.utf8) else {
          throw TarError(
            "the archive has \"\(visible(String(decoding: Array(names.joined(separator: [0x2F])).prefix(200), as: UTF8.self)))\", which was not asked for"
          )
        }
        names.removeFirst()
        return [Array((new ?? asked).utf8)] + names
      }
      return (new.map { [Array($0.utf8)] } ?? []) + names
    }
    let extractor = TreeExtractor(into: RootedDirectory(try target.directory.descriptor.duplicate()), rules)
    let reader = TarReader { try input.descriptor.read(into: $0) }
    do {
      try extractor.extract(reader)
      // What follows the archive's end.
      var rest = [UInt8](repeating: 0, count: 65536)
      while read(input.number, &rest, rest.count) > 0 {}
    } catch let error as TarError {
      throw Exit(1, error.description)
    } catch let error as KernelError {
      throw Exit(1, error.description)
    }
    return Outcome(size: extractor.size, notes: extractor.notes)
  }
}

/// Something that has happened.
private final class Flag: Sendable {
  private let state = Atomic(false)
  var isRaised: Bool { state.load(ordering: .relaxed) }
  func raise() { state.store(true, ordering: .relaxed) }
}
