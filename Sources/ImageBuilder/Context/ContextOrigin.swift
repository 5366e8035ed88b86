import Glibc
import ImageStore
import LinuxKit
import OCI
import StackModel
import Tar

/// Where a build context comes from that is no directory of this machine.
enum ContextOrigin {
  case repository(GitFetch)
  case sent(SentContext)

  /// nil: it is a directory.
  init?(_ spec: BuildSpec, _ sent: SentContext?) {
    if let sent {
      self = .sent(sent)
    } else if let source = GitSource(spec.context) {
      self = .repository(GitFetch(source: source, agent: spec.options?.agents?["default"]))
    } else {
      return nil
    }
  }

  /// Puts it into a directory that is made. Returns where the context is.
  func bring(to place: String, _ progress: BuildProgress) async throws -> String {
    switch self {
    case .repository(let fetch): return try await fetch.run(into: place, progress)
    case .sent(.nothing):
      try makeDirectories(place, mode: 0o755)
      return place
    case .sent(.archive(let path)):
      let work = progress.begin("[internal] load remote build context")
      do {
        let notes = try await onThread { cancellation in try Self.unpack(path, into: place, cancellation) }
        for note in notes { work.note(note) }
        work.done()
        return place
      } catch let error as CancellationError {
        throw error
      } catch {
        let why = (error as? KernelError)?.reason ?? "\(error)"
        work.failed(why)
        throw BuildError("the build context on standard input: \(why)")
      }
    }
  }

  /// Owners count for nothing in a context, nor do devices and what makes programs privileged.
  private static func unpack(_ path: String, into place: String, _ cancellation: Cancellation) throws -> [String] {
    let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    guard try file.status().kind == .regular else { throw BuildError("\(path) is no regular file") }
    try makeDirectories(place, mode: 0o755)
    var rules = ExtractionRules()
    rules.owner = { _ in FileOwner(uid: 0, gid: 0) }
    rules.keepsPrivileges = false
    rules.replacesKinds = true
    rules.check = { try cancellation.check() }
    return try extractArchive(file, into: try RootedDirectory(path: place), rules, cancellation)
  }
}
