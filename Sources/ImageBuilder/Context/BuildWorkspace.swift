import ImageStore
import StackModel
import Synchronization

/// A directory for what a build fetches, made when there is something. Must be discarded.
final class BuildWorkspace: Sendable {
  private let store: ImageStore
  private let made = Mutex<ImageStore.Workspace?>(nil)

  init(_ store: ImageStore) { self.store = store }

  /// A place in it that nothing else has.
  func place(_ name: String) throws -> String {
    try made.withLock { made in
      let workspace = try made ?? store.makeWorkspace()
      made = workspace
      return workspace.path + "/" + name
    }
  }

  func discard() async throws {
    let workspace = made.withLock { made in
      defer { made = nil }
      return made
    }
    if let workspace { try await store.discard(workspace) }
  }
}

extension BuildPlan {
  /// The same with the git repositories that it takes files from fetched: they are directories then.
  func fetched(into workspace: BuildWorkspace, agent: String?, _ progress: BuildProgress) async throws -> BuildPlan {
    var plan = self
    for (index, entry) in repositories().sorted(by: { $0.key < $1.key }).enumerated() {
      let fetch = GitFetch(source: entry.value, agent: agent)
      plan.contexts[entry.key] = .directory(try await fetch.run(into: try workspace.place("context-\(index)"), progress))
    }
    return plan
  }
}
