/// A directory of a git repository, as Docker writes it: `https://host/shop.git#v2:site`, `git@host:shop.git`, `github.com/user/shop`.
public struct GitSource: Sendable, Equatable {
  /// As git takes it.
  public var repository: String
  /// A branch, a tag or a commit; nil: the repository's own head.
  public var reference: String?
  /// Relative to the repository's top; empty: all of it.
  public var directory: String

  /// nil: it is no repository's address.
  public init?(_ text: String) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let address = parts.first else { return nil }
    let lower = address.lowercased()
    if lower.hasPrefix("github.com/") {
      repository = "https://" + address
    } else {
      let isWeb = (lower.hasPrefix("http://") || lower.hasPrefix("https://")) && lower.hasSuffix(".git")
      guard isWeb || ["git://", "ssh://", "git@"].contains(where: lower.hasPrefix) else { return nil }
      repository = address
    }
    let rest = (parts.count > 1 ? parts[1] : "").split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    reference = rest.first.flatMap { $0.isEmpty ? nil : $0 }
    directory = rest.count > 1 ? rest[1].split(separator: "/").filter { $0 != "." }.joined(separator: "/") : ""
  }

  /// What git must not be given, nor be asked for; nil: nothing is wrong.
  public var problem: String? {
    guard repository.utf8.count < 2000, repository.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      return "the repository's address has a blank or an unprintable character"
    }
    if let reference {
      let isPlain = reference.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"~^:?*[\\".utf8.contains($0) }
      guard isPlain, !reference.hasPrefix("-"), !reference.contains(".."), reference.utf8.count < 256 else {
        return "\"\(reference.prefix(100))\" is no branch, tag or commit"
      }
    }
    guard !directory.split(separator: "/").contains(".."), !directory.utf8.contains(0) else {
      return "the directory \"\(directory.prefix(100))\" is outside the repository"
    }
    return nil
  }

  /// The address without what opens it.
  public var shown: String {
    guard let scheme = repository.firstRange(of: "://") else { return repository }
    let rest = repository[scheme.upperBound...]
    guard let at = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") else { return repository }
    return String(repository[..<scheme.upperBound] + rest[rest.index(after: at)...])
  }
}
