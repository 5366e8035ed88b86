/// The name of an image, normalised as Docker does it: `debian` is `docker.io/library/debian`.
///
/// Grammar: distribution's `reference` package (`[registry/]repository[:tag][@digest]`). Encodes as its canonical text.
public struct ImageReference: Hashable, Sendable, Codable, Comparable, CustomStringConvertible, CodingKeyRepresentable {
  /// `docker.io`, `localhost:5000`, `[::1]:5000`.
  public let registry: String
  /// `library/debian`.
  public let repository: String
  /// nil when none was written; ``orLatest`` has one.
  public let tag: String?
  public let digest: Digest?

  /// Throws what is wrong with the text, in words.
  public init(_ text: String) throws(ImageReferenceError) {
    func fail(_ reason: String) -> ImageReferenceError { ImageReferenceError(text: text, reason: reason) }
    var rest = Substring(text)
    var digest: Digest?
    if let at = rest.utf8.firstIndex(of: UInt8(ascii: "@")) {
      let written = String(rest[rest.index(after: at)...])
      guard let parsed = Digest(written) else { throw fail("the digest after @ is not sha256: and 64 lower-case hexadecimal digits") }
      digest = parsed
      rest = rest[..<at]
    }
    var tag: String?
    if let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")), !rest[colon...].utf8.contains(UInt8(ascii: "/")) {
      let written = rest[rest.index(after: colon)...]
      guard ReferenceGrammar.isTag(written) else {
        throw fail("a tag is 1 to 128 letters, digits, '_', '.' or '-', and starts with neither '.' nor '-'")
      }
      tag = String(written)
      rest = rest[..<colon]
    }
    guard !rest.isEmpty else { throw fail("the name is empty") }
    if digest == nil, tag == nil, rest.utf8.count == 64, Digest(hex: String(rest)) != nil {
      throw fail("64 hexadecimal digits are an image id, not a name")
    }
    var registry = "docker.io"
    if let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) {
      let first = rest[..<slash]
      if ReferenceGrammar.looksLikeRegistry(first) {
        guard ReferenceGrammar.isRegistry(first) else { throw fail("'\(first)' is no registry host") }
        registry = first == "index.docker.io" ? "docker.io" : String(first)
        rest = rest[rest.index(after: slash)...]
      }
    }
    guard !rest.isEmpty else { throw fail("the repository is empty") }
    if ReferenceGrammar.hasUpperCase(rest) { throw fail("a repository is written in lower case") }
    guard ReferenceGrammar.isRepository(rest) else {
      throw fail("'\(rest)' is no repository: lower-case letters and digits, separated by single '.', '_', '__', '-' and '/'")
    }
    var repository = String(rest)
    if registry == "docker.io", !repository.utf8.contains(UInt8(ascii: "/")) { repository = "library/" + repository }
    guard registry.utf8.count + 1 + repository.utf8.count <= 255 else { throw fail("the name is longer than 255 bytes") }
    self.init(registry: registry, repository: repository, tag: tag, digest: digest)
  }

  private init(registry: String, repository: String, tag: String?, digest: Digest?) {
    self.registry = registry
    self.repository = repository
    self.tag = tag
    self.digest = digest
  }

  /// The same name with `:latest` when neither a tag nor a digest was written.
  public var orLatest: ImageReference {
    guard tag == nil, digest == nil else { return self }
    return ImageReference(registry: registry, repository: repository, tag: "latest", digest: nil)
  }

  /// The same repository's content of a digest, whatever its tag.
  public func pinned(to digest: Digest) -> ImageReference {
    ImageReference(registry: registry, repository: repository, tag: nil, digest: digest)
  }

  /// A digest says what is meant; a tag beside it says nothing.
  public var withoutTagIfPinned: ImageReference { digest.map { pinned(to: $0) } ?? self }

  /// `docker.io/library/debian:bookworm`.
  public var canonical: String { "\(registry)/\(repository)\(suffix)" }

  /// As people write it: `debian:bookworm`.
  public var familiar: String { familiarName + suffix }

  /// ``familiar`` without tag and digest, the REPOSITORY column of `images`.
  public var familiarName: String {
    guard registry == "docker.io" else { return "\(registry)/\(repository)" }
    let library = "library/"
    guard repository.hasPrefix(library), !repository.dropFirst(library.count).contains("/") else { return repository }
    return String(repository.dropFirst(library.count))
  }

  public var description: String { familiar }

  private var suffix: String { (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "") }

  public static func < (left: Self, right: Self) -> Bool { left.canonical < right.canonical }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try ImageReference(container.decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(canonical)
  }

  public var codingKey: any CodingKey { ReferenceKey(stringValue: canonical) }

  public init?<Key: CodingKey>(codingKey: Key) {
    guard let reference = try? ImageReference(codingKey.stringValue) else { return nil }
    self = reference
  }
}

private struct ReferenceKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// Text that is no image reference, and why.
public struct ImageReferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  public let text: String
  public let reason: String
  public var description: String { "invalid image name \"\(text.prefix(300))\": \(reason)" }
}
