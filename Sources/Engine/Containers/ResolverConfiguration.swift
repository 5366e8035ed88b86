/// What a `resolv.conf(5)` says.
struct ResolverConfiguration: Sendable, Equatable {
  var nameservers: [String] = []
  var search: [String] = []
  var options: [String] = []

  init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let keyword = words.first, words.count > 1 else { continue }
      switch keyword {
      case "nameserver": nameservers.append(words[1])
      // The last one counts; `domain` is the old word for a search list of one.
      case "search", "domain": search = Array(words.dropFirst())
      case "options": options += words.dropFirst()
      default: break
      }
    }
  }

  /// The host's own; empty when there is none.
  static func host() -> ResolverConfiguration {
    ResolverConfiguration((try? RegularFile.read("/etc/resolv.conf", limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? "")
  }
}
