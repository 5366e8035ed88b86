import FoundationEssentials

/// Who is at the other end of a connection: what credentials are bound to.
struct Origin: Hashable, Sendable, CustomStringConvertible {
  enum Scheme: String, Sendable { case http, https }
  var scheme: Scheme
  /// Lower case; an IPv6 address without brackets.
  var host: String
  var port: Int

  /// `registry.example.com`, `127.0.0.1:5000`: the port where it is not the scheme's own.
  var authority: String {
    let host = self.host.contains(":") ? "[\(self.host)]" : self.host
    return port == (scheme == .https ? 443 : 80) ? host : "\(host):\(port)"
  }

  var description: String { "\(scheme.rawValue)://\(authority)" }

  func url(_ target: String) throws(RegistryError) -> RegistryURL { try RegistryURL("\(self)\(target)") }
}

/// An address that a request may go to: http or https, a host, and nobody's name and password in it.
struct RegistryURL: Hashable, Sendable, CustomStringConvertible {
  let origin: Origin
  /// Absolute, without a fragment.
  let text: String

  /// `base`: what a relative address starts from.
  init(_ text: String, relativeTo base: RegistryURL? = nil) throws(RegistryError) {
    func refused(_ reason: String) -> RegistryError {
      RegistryError(.invalid, "the registry names the address \"\(shown(text))\", \(reason)")
    }
    guard text.utf8.count <= 16_384, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
      throw refused("which has characters that no address has")
    }
    let parent = base.flatMap { URL(string: $0.text) }
    guard let url = URL(string: text, relativeTo: parent)?.absoluteURL else { throw refused("which is none") }
    guard let scheme = url.scheme.flatMap({ Origin.Scheme(rawValue: $0.lowercased()) }) else {
      throw refused("which is neither http nor https")
    }
    guard url.user == nil, url.password == nil,
      !url.absoluteString.dropFirst(scheme.rawValue.count + 3).prefix(while: { $0 != "/" }).contains("@")
    else { throw refused("which carries a user's name") }
    guard var host = url.host?.lowercased(), !host.isEmpty else { throw refused("which has no host") }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard host.first != ".", host.utf8.allSatisfy({ $0 != 0x2F && $0 != 0x25 }) else { throw refused("whose host is none") }
    let port = url.port ?? (scheme == .https ? 443 : 80)
    guard (1...65535).contains(port) else { throw refused("which has no port that there is") }
    origin = Origin(scheme: scheme, host: host, port: port)
    let whole = url.absoluteString
    self.text = whole.firstIndex(of: "#").map { String(whole[..<$0]) } ?? whole
  }

  var description: String { text }

  /// What stands after the host, the query with it: `/v2/`.
  var target: Substring {
    let rest = text.dropFirst(origin.scheme.rawValue.count + 3)
    return rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
  }

  /// The target without its query.
  var path: Substring { target.prefix { $0 != "?" } }

  /// The same with one more parameter; the value is escaped.
  func adding(_ name: String, _ value: String) throws(RegistryError) -> RegistryURL {
    try RegistryURL(text + (text.contains("?") ? "&" : "?") + name + "=" + value.queryEscaped)
  }
}

extension String {
  /// RFC 3986: everything but the unreserved characters as `%XX`.
  var queryEscaped: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
