import ImageStore
import LinuxKit
import OCI
import SystemPackage

/// What instructions have made before: one small file for each key under the store's cache directory.
struct BuildCache: Sendable {
  let directory: String

  /// What an instruction made; no layer when it changed nothing.
  struct Record: Codable, Sendable, Equatable {
    var layer: Digest?
    /// RFC 3339.
    var created: String
  }

  /// nil when there is none, or it cannot be read.
  func record(_ key: Digest) -> Record? {
    guard let bytes = try? readFile(path(key), limit: 65536) else { return nil }
    return try? JSON.decode(Record.self, from: bytes)
  }

  func store(_ record: Record, for key: Digest) throws {
    try atomicWrite(FilePath(path(key)), try JSON.encode(record), mode: 0o600)
  }

  private func path(_ key: Digest) -> String { directory + "/" + key.hex }
}

/// The key of what an instruction makes: everything that it depends on, in order.
struct CacheKey {
  private var hash = ContentHash()

  /// `kind` tells instructions apart; `below` is what they stand on.
  init(_ kind: String, below: [Digest]) {
    // Raised when what an instruction makes changes.
    field("1")
    field(kind)
    field("\(below.count)")
    for layer in below { field(layer.hex) }
  }

  mutating func field(_ text: String) { hash.update(field: text) }

  mutating func fields(_ texts: [String]) {
    field("\(texts.count)")
    for text in texts { field(text) }
  }

  var digest: Digest { hash.digest() }
}
