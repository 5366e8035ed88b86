import OCI
import Synchronization

/// What tags stood for in their registries when somebody, or the engine, asked last. Another engine has to be told anew.
final class TagsSeen: Sendable {
  private let found = Mutex<[String: Digest]>([:])

  /// The image's id by the name that was asked for.
  var all: [String: Digest] { found.withLock { $0 } }

  /// Only what is not here is kept: as many as there are updates that nobody has made.
  func note(_ name: String, remote: Digest?, here: Digest?) { found.withLock { $0[name] = remote == here ? nil : remote } }
}
