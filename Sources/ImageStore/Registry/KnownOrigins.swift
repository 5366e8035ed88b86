import NIOSSL

/// What a client has learnt of the hosts that it speaks with.
actor KnownOrigins {
  private var schemes: [RegistryEndpoint: Origin] = [:]
  private var configurations: [Origin: TLSConfiguration] = [:]
  private var reachedOrigins: Set<Origin> = []
  private var tokens: [Key: Token] = [:]
  private var basic: [Origin: String] = [:]

  private struct Key: Hashable {
    var origin: Origin
    var scopes: [String]
  }
  private struct Token {
    var header: String
    var expires: ContinuousClock.Instant
  }

  func origin(of endpoint: RegistryEndpoint) -> Origin? { schemes[endpoint] }
  func keep(_ origin: Origin, for endpoint: RegistryEndpoint) { schemes[endpoint] = origin }
  func tls(_ origin: Origin) -> TLSConfiguration? { configurations[origin] }
  func keep(_ tls: TLSConfiguration, for origin: Origin) { configurations[origin] = tls }
  func reached(_ origin: Origin) { reachedOrigins.insert(origin) }
  func wasReached(_ origin: Origin) -> Bool { reachedOrigins.contains(origin) }

  /// The header's value that a registry has accepted before, unless it is about to expire.
  func authorization(of origin: Origin, scopes: [String]) -> String? {
    if let header = basic[origin] { return header }
    guard let token = tokens[Key(origin: origin, scopes: scopes)], token.expires > .now else { return nil }
    return token.header
  }

  func keep(basic header: String, for origin: Origin) { basic[origin] = header }

  func keep(token header: String, for origin: Origin, scopes: [String], lasts: Duration) {
    tokens[Key(origin: origin, scopes: scopes)] = Token(header: header, expires: .now + lasts)
  }
}
