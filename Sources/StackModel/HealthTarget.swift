/// Where `healthcheck.test: ["HTTP", URL]` and `["TCP", PORT]` knock: a Muster extension for images without a shell. The engine itself connects,
/// inside the container's network.
public struct HealthTarget: Sendable, Hashable {
  /// An address literal; nil: `localhost`, whichever of 127.0.0.1 and ::1 answers.
  public var address: String?
  public var port: UInt16
  /// What is asked for by HTTP, with the query: `/health`; nil: connecting is enough.
  public var path: String?

  /// What is wrong with a target, and how to write it.
  public struct Problem: Error, Equatable {
    public var message: String
    public var hint: String
  }

  /// `5432`, `127.0.0.1:5432`, `[::1]:5432`.
  public init(tcp text: String) throws(Problem) {
    let usual = Problem(message: "\"\(text)\" is not a port", hint: "write it as [\"TCP\", \"5432\"]")
    let (host, port) = text.allSatisfy(\.isNumber) ? ("localhost", Substring(text)) : try Self.split(text[...], usual)
    guard let port, let number = Self.port(port) else { throw usual }
    address = try Self.address(host)
    self.port = number
  }

  /// `http://localhost:8080/health`.
  public init(http text: String) throws(Problem) {
    let usual = Problem(message: "\"\(text)\" is not a URL", hint: "write it as [\"HTTP\", \"http://localhost:8080/health\"]")
    if text.hasPrefix("https://") {
      throw Problem(message: "TLS is not spoken", hint: "probe the port with [\"TCP\", \"443\"], or run a command of the image")
    }
    guard text.hasPrefix("http://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw usual }
    let rest = text.dropFirst("http://".count)
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    let (host, port) = try Self.split(rest[..<end], usual)
    guard let number = port.map(Self.port) ?? 80 else { throw usual }
    address = try Self.address(host)
    self.port = number
    let path = rest[end...].prefix { $0 != "#" }
    self.path = path.hasPrefix("/") ? String(path) : "/" + path
  }

  /// Host and port of `HOST[:PORT]`.
  private static func split(_ text: Substring, _ problem: Problem) throws(Problem) -> (String, Substring?) {
    let host: Substring
    var rest: Substring
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else {
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
    }
    guard !host.isEmpty, rest.isEmpty || rest.hasPrefix(":") else { throw problem }
    if rest.isEmpty { return (String(host), nil) }
    rest.removeFirst()
    return (String(host), rest)
  }

  private static func port(_ text: Substring) -> UInt16? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(text), number > 0 else { return nil }
    return number
  }

  private static func address(_ host: String) throws(Problem) -> String? {
    if host == "localhost" { return nil }
    let isLiteral = host.contains(":") || host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { UInt8($0) != nil }
    guard isLiteral, host.contains(":") || host.split(separator: ".").count == 4 else {
      throw Problem(
        message: "\"\(host)\" is a name", hint: "the probe is made inside the container's own network: write localhost, or an address")
    }
    return host
  }
}
