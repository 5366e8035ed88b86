import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import OCI

extension RegistryClient {
  /// The scheme and place of an endpoint. An insecure registry is asked, without any credentials, whether it speaks TLS.
  func origin(of endpoint: RegistryEndpoint) async throws -> Origin {
    if let scheme = endpoint.scheme { return Origin(scheme: scheme, host: endpoint.host, port: endpoint.port) }
    if let found = await known.origin(of: endpoint) { return found }
    let secure = Origin(scheme: .https, host: endpoint.host, port: endpoint.port)
    let plain = Origin(scheme: .http, host: endpoint.host, port: endpoint.plainPort)
    let found: Origin
    do {
      let url = try secure.url("/v2/")
      _ = try await execute(HTTPClientRequest(url: url.text), url)
      found = secure
    } catch let error as TransportError {
      switch error.cause {
      // Whoever sends an alert speaks TLS.
      case .nameUnknown, .unreachable, .timedOut, .alert: throw error
      case .refused: if endpoint.port == endpoint.plainPort { throw error }
      case .brokenOff, .tls: break
      }
      found = plain
    }
    await known.keep(found, for: endpoint)
    return found
  }

  /// The header's value that answers a registry's challenges; nil: it wants somebody, and nobody is known.
  func authorization(_ challenges: [String], _ endpoint: RegistryEndpoint, _ origin: Origin, _ scopes: [String]) async throws -> String? {
    let credential = endpoint.isMirror ? nil : credentials[endpoint.registry]
    if let token = credential?.registryToken {
      try checkToken(token, from: endpoint.registry)
      return "Bearer " + token
    }
    for challenge in Challenge.parse(challenges) {
      switch challenge {
      case .bearer(let realm, let service):
        let (token, lasts) = try await token(realm, service, endpoint, origin, scopes, credential)
        await known.keep(token: "Bearer " + token, for: origin, scopes: scopes, lasts: lasts)
        return "Bearer " + token
      case .basic:
        guard let credential, !credential.username.isEmpty else { continue }
        let header = basic(credential)
        await known.keep(basic: header, for: origin)
        return header
      }
    }
    return nil
  }

  private func basic(_ credential: RegistryCredential) -> String {
    "Basic " + Data("\(credential.username):\(credential.password)".utf8).base64EncodedString()
  }

  /// Distribution's "Docker Registry v2 authentication": a token for what is to be done. Nobody's password goes to a host that is not listed.
  private func token(
    _ realm: String, _ service: String?, _ endpoint: RegistryEndpoint, _ origin: Origin, _ scopes: [String],
    _ credential: RegistryCredential?
  ) async throws -> (token: String, lasts: Duration) {
    var url = try RegistryURL(realm)
    try checkRealm(url, endpoint, origin, hasCredential: credential != nil)
    let authority = url.origin.authority
    var request: HTTPClientRequest
    if let refresh = credential?.identityToken {
      var form = "grant_type=refresh_token&client_id=muster&refresh_token=" + refresh.queryEscaped
      if let service { form += "&service=" + service.queryEscaped }
      if !scopes.isEmpty { form += "&scope=" + scopes.joined(separator: " ").queryEscaped }
      request = HTTPClientRequest(url: url.text)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: form))
    } else {
      if let service { url = try url.adding("service", service) }
      for scope in scopes { url = try url.adding("scope", scope) }
      if let credential { url = try url.adding("account", credential.username) }
      request = HTTPClientRequest(url: url.text)
      if let credential { request.headers.add(name: "Authorization", value: basic(credential)) }
    }
    var answer = try await execute(request, url)
    var number = 1
    while Self.passing.contains(answer.status), number < policy.tries, let pause = pause(after: answer, next: number + 1) {
      try await Task.sleep(for: pause)
      answer = try await execute(request, url)
      number += 1
    }
    switch answer.status {
    case 200: break
    case 300...399:
      throw RegistryError(.denied, "\(authority), which gives out the tokens of \(endpoint.name), sends on to another place: refused")
    case 400, 401, 403:
      guard credential != nil else {
        throw RegistryError(
          .denied, "\(endpoint.name) gives nothing to somebody that it does not know", hint: "muster login \(endpoint.registry)")
      }
      throw RegistryError(
        .denied, "\(endpoint.name) refuses the user name or the password", hint: "log in anew: muster login \(endpoint.registry)")
    default:
      throw RegistryError(
        .unavailable, "\(authority), which gives out the tokens of \(endpoint.name), answers with status \(answer.status)")
    }
    let bytes = try await read(answer, limit: 256 << 10, what: "the token of \(authority)")
    struct Given: Decodable {
      var token: String?
      var accessToken: String?
      var expiresIn: Double?
      enum CodingKeys: String, CodingKey {
        case token
        case accessToken = "access_token"
        case expiresIn = "expires_in"
      }
    }
    guard let given = try? JSON.decode(Given.self, from: bytes), let token = given.token ?? given.accessToken else {
      throw RegistryError(.invalid, "\(authority) gives out something that is no token")
    }
    try checkToken(token, from: authority)
    let seconds = min(max(given.expiresIn ?? 60, 60), 3600)
    return (token, .seconds(seconds - 10))
  }

  private func checkToken(_ token: String, from authority: String) throws {
    guard !token.isEmpty, token.utf8.count <= 128 << 10, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw RegistryError(.invalid, "\(authority) gives out a token of characters that no header may have")
    }
  }

  /// Where a registry may send people for a token.
  private func checkRealm(_ url: RegistryURL, _ endpoint: RegistryEndpoint, _ origin: Origin, hasCredential: Bool) throws {
    if url.origin == origin { return }
    try checkLeaving(from: origin, to: url)
    let authority = url.origin.authority
    let listed =
      ((RegistryConfiguration.knownTokenHosts[endpoint.registry] ?? []) + (configuration.tokenHosts[endpoint.registry] ?? []))
      .contains { $0.lowercased() == authority }
    let mayBePlain = configuration.isInsecure(host: url.origin.host, authority: authority)
    guard url.origin.scheme == .https || mayBePlain else {
      throw RegistryError(.denied, "\(endpoint.name) wants a token to be fetched from \(authority) without TLS: refused")
    }
    guard listed || !hasCredential else {
      throw RegistryError(
        .denied, "\(endpoint.name) wants the password to be sent to another host, \(authority): refused",
        hint: #"if that is right, list it in /etc/muster/registries.json: "token-hosts": {"\#(endpoint.registry)": ["\#(authority)"]}"#)
    }
  }
}
