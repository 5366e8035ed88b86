import Netlink

/// The resolvers in a resolv.conf, as far as they are numbers (`resolv.conf(5)`).
func nameServers(in text: String) -> [String] {
  text.split(whereSeparator: \.isNewline).compactMap { line in
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, words[0] == "nameserver", IPAddress(String(words[1])) != nil else { return nil }
    return String(words[1])
  }
}

extension NetworkingConfiguration {
  /// The host's resolvers as the files are now. systemd-resolved's stub (127.0.0.53) is replaced by its own upstreams where it lists them.
  func hostResolvers() -> [String] {
    let listed = nameServers(in: readText(resolverFile))
    guard listed.contains("127.0.0.53") else { return listed }
    let upstream = nameServers(in: readText(resolvedUpstreamsFile))
    return upstream.isEmpty ? listed : upstream
  }
}
