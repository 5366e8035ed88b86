import ImageStore
import LinuxKit
public import OCI
public import StackModel

/// What a build is made from on this machine: the Dockerfile, the context as `.dockerignore` leaves it, and the directories of `additional_contexts`.
public struct ContextFingerprint: Sendable {
  private let spec: BuildSpec
  public init(_ spec: BuildSpec) { self.spec = spec }

  /// Sizes and times: quick, and another one where nothing but a time has changed. Throws when there is no such context.
  public func outline() throws -> Digest { try digest(readsFiles: false) }

  /// All that is in the files.
  public func content() throws -> Digest { try digest(readsFiles: true) }

  private func digest(readsFiles: Bool) throws -> Digest {
    let context = try BuildContext(spec)
    var hash = ContentHash()
    hash.update(field: "dockerfile")
    hash.update(field: ContentHash.of(context.dockerfile).description)
    hash.update(field: try tree(context.source, readsFiles: readsFiles).description)
    for (name, source) in (spec.options?.contexts ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard case .directory(let path) = source else { continue }
      hash.update(field: name)
      hash.update(field: try tree(BuildContext.source(path, name: name), readsFiles: readsFiles).description)
    }
    return hash.digest()
  }

  private func tree(_ source: SourceRoot, readsFiles: Bool) throws -> Digest {
    let walk = SourceWalk(source, opensFiles: readsFiles, Cancellation())
    try walk.walk([]) { entry, file in
      guard entry.status.kind == .regular else { return }
      if readsFiles {
        try walk.bytes(of: file) { _ in }
      } else {
        walk.note("\(entry.status.size) \(entry.status.modified.seconds).\(entry.status.modified.nanoseconds) \(entry.status.inode)")
      }
    }
    return walk.digest
  }
}
