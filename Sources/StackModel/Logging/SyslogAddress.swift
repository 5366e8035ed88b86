/// `syslog-address`: where a daemon of syslog listens.
public enum SyslogAddress: Sendable, Equatable {
  /// A socket of this machine that keeps a stream, `unix://`.
  case stream(path: String)
  /// One that keeps messages, `unixgram://`.
  case datagram(path: String)
  case udp(host: String, port: UInt16)
  case tcp(host: String, port: UInt16)

  /// Why a text is no address.
  public struct Mistake: Error, Sendable, Equatable {
    public var text: String
    public var isUnsupported = false
  }

  public init(_ text: String) throws(Mistake) {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { throw Mistake(text: "is not in the form proto://address") }
    switch parts[0] {
    case "unix", "unixgram":
      guard parts[1].hasPrefix("/"), !parts[1].utf8.contains(0) else { throw Mistake(text: "has no absolute path") }
      self = parts[0] == "unix" ? .stream(path: parts[1]) : .datagram(path: parts[1])
    case "udp", "tcp":
      let (host, port) = try Self.place(parts[1])
      self = parts[0] == "udp" ? .udp(host: host, port: port) : .tcp(host: host, port: port)
    case "tcp+tls": throw Mistake(text: "asks for TLS, which is not supported yet by this version", isUnsupported: true)
    default: throw Mistake(text: "has the unknown protocol \"\(parts[0])\"")
    }
  }

  /// `HOST[:PORT]`, `[V6][:PORT]`; the port is 514 unless said.
  private static func place(_ text: String) throws(Mistake) -> (String, UInt16) {
    var host = text[...]
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw Mistake(text: "has [ without ]") }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw Mistake(text: "has something between ] and the port") }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.lastIndex(of: ":") {
      guard text.firstIndex(of: ":") == colon else { throw Mistake(text: "has an IPv6 address without [ and ]") }
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    guard !host.isEmpty, !host.contains("/"), !host.utf8.contains(0) else { throw Mistake(text: "has no host") }
    guard let port else { return (String(host), 514) }
    guard let number = UInt16(port), number > 0 else { throw Mistake(text: "has no port but \"\(port)\"") }
    return (String(host), number)
  }
}

/// `syslog-format`: how a message is put together. Without one it is that of a machine's own daemon, which is RFC 3164 without a host name.
public enum SyslogFormat: String, Sendable { case rfc3164, rfc5424, rfc5424micro }

/// `syslog-facility`, as its number (RFC 5424, section 6.2.1).
public struct SyslogFacility: Sendable, Equatable {
  public let number: UInt8
  public static let daemon = SyslogFacility(number: 3)

  private static let names = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "", "", "", "", "local0",
    "local1",
    "local2", "local3", "local4", "local5", "local6", "local7",
  ]

  private init(number: UInt8) { self.number = number }

  /// A name or a number from 0 to 23.
  public init?(_ text: String) {
    if let number = UInt8(text), number < 24 {
      self.number = number
    } else if !text.isEmpty, let index = Self.names.firstIndex(of: text) {
      number = UInt8(index)
    } else {
      return nil
    }
  }
}
