/// What is looked for in a registry's index, as `search` takes it: `[HOST[:PORT]/]TERM`.
///
/// As Docker splits it: what stands before the first slash is a host when it has a point or a colon or is `localhost`; otherwise all of it is
/// looked for on Docker Hub.
public struct SearchTerm: Sendable, Hashable, CustomStringConvertible {
  /// `docker.io`, `localhost:5000`.
  public let registry: String
  /// May be empty where a registry is named: then everything is looked for that it has.
  public let text: String

  /// Throws what is wrong with the text, in words.
  public init(_ written: String) throws(ImageReferenceError) {
    func fail(_ reason: String) -> ImageReferenceError { ImageReferenceError(text: written, reason: reason) }
    guard !written.contains("://") else { throw fail("what is looked for has no scheme: write it as HOST[:PORT]/TERM") }
    guard written.utf8.count <= 255 else { throw fail("what is looked for is longer than 255 bytes") }
    let parts = written.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].contains(where: { $0 == "." || $0 == ":" }) || parts[0] == "localhost" else {
      (registry, text) = ("docker.io", try Self.onHub(written[...], fail))
      return
    }
    guard ReferenceGrammar.isRegistry(parts[0]) else { throw fail("'\(parts[0])' is no registry host") }
    if ["docker.io", "index.docker.io"].contains(parts[0]) {
      (registry, text) = ("docker.io", try Self.onHub(parts[1], fail))
    } else {
      (registry, text) = (String(parts[0]), String(parts[1]))
    }
  }

  /// Its index knows `library/debian` as `debian`.
  private static func onHub(
    _ text: Substring, _ fail: (String) -> ImageReferenceError
  ) throws(ImageReferenceError) -> String {
    let term = String(text.hasPrefix("library/") ? text.dropFirst(8) : text)
    guard !term.isEmpty else { throw fail("there is nothing to look for") }
    return term
  }

  public var description: String { registry == "docker.io" ? text : "\(registry)/\(text)" }
}
