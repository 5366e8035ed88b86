import OCI

/// An image's name in the parts that rules ask for.
struct ImageName: Equatable {
  /// As it is written, without tag and digest.
  var written: String
  /// `postgres` for `docker.io/library/postgres`; `grafana/grafana`; `ghcr.io/acme/shop` with its registry.
  var short: String
  var tag: String?
  var hasDigest: Bool

  init?(_ text: String) {
    guard let reference = try? ImageReference(text) else { return nil }
    tag = reference.tag
    hasDigest = reference.digest != nil
    var name = Substring(text)
    if let at = name.firstIndex(of: "@") { name = name[..<at] }
    if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") { name = name[..<colon] }
    written = String(name)
    if reference.registry == "docker.io" {
      short = reference.repository.hasPrefix("library/") ? String(reference.repository.dropFirst(8)) : reference.repository
    } else {
      short = "\(reference.registry)/\(reference.repository)"
    }
  }

  /// `7.4-alpine` has the words `7.4` and `alpine`.
  func hasTagWord(_ word: String) -> Bool { tag?.split(separator: "-").contains { $0.hasPrefix(word) } ?? false }
}
