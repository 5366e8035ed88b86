import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OCI

/// Speaks HTTP with registries (OCI Distribution Specification; Docker Registry HTTP API V2): who asks, where it is sent on to, and what is tried again.
///
/// One lives as long as one pull or push. Credentials go to the registry that they are for, to its own host for a token or to one that the
/// configuration lists, and nowhere else.
final class RegistryClient: Sendable {
  let configuration: RegistryConfiguration
  let credentials: [String: RegistryCredential]
  let policy: RetryPolicy
  private let http: HTTPClient
  let known = KnownOrigins()

  /// `credentials`: by registry, as it stands in image names.
  init(configuration: RegistryConfiguration, credentials: [String: RegistryCredential], policy: RetryPolicy = RetryPolicy()) {
    self.configuration = configuration
    self.credentials = credentials
    self.policy = policy
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: .init(policy.connectTimeout), read: .init(policy.idleTimeout), write: .init(policy.idleTimeout)))
    settings.httpVersion = .http1Only
    settings.connectionPool.retryConnectionEstablishment = false
    settings.connectionPool.idleTimeout = .seconds(30)
    http = HTTPClient(eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: settings)
  }

  /// Ends the connections. Must be called, once.
  func close() async { try? await http.shutdown() }

  /// What is asked of a registry.
  struct Call: Sendable {
    var method: HTTPMethod = .GET
    /// `/v2/…`
    var target: String
    /// Instead of the target: an address that the registry gave for what comes next.
    var address: RegistryURL?
    var headers: HTTPHeaders = [:]
    /// Made anew for every try.
    var body: (@Sendable () throws -> HTTPClientRequest.Body)?
    /// `repository:library/debian:pull`
    var scopes: [String]
    /// May be asked several times with the same outcome.
    var repeats = true
    /// Never tried again here: whoever asks does.
    var isTriedOnce = false
  }

  /// The head of an answer, whose body has not been read.
  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: HTTPClientResponse.Body
    /// Whom it came from, after redirections.
    var url: RegistryURL
  }

  /// Asks, as often as the policy allows. Any status may come back.
  func send(_ call: Call, to endpoint: RegistryEndpoint) async throws -> Answer {
    var number = 1
    while true {
      let mayRetry = call.repeats && !call.isTriedOnce && number < policy.tries
      do {
        let answer = try await authorized(call, endpoint)
        guard mayRetry, Self.passing.contains(answer.status), let pause = pause(after: answer, next: number + 1) else {
          return answer
        }
        try await Task.sleep(for: pause)
      } catch let error as TransportError {
        guard mayRetry, error.isTransient else { throw error.told(endpoint) }
        try await Task.sleep(for: policy.delay(before: number + 1))
      }
      number += 1
    }
  }

  /// Statuses that may be others a moment later.
  static let passing: Set<Int> = [429, 500, 502, 503, 504]

  /// How long to wait after an answer; nil: longer than anybody wants to wait.
  func pause(after answer: Answer, next: Int) -> Duration? {
    let own = policy.delay(before: next)
    guard let text = answer.headers.first(name: "Retry-After"), let seconds = Int64(text), seconds >= 0 else { return own }
    let asked = Duration.seconds(min(seconds, 1 << 30))
    return asked > policy.longestRetryAfter ? nil : max(own, asked)
  }

  /// Asks, and when the registry wants to know who asks, tells it and asks again.
  private func authorized(_ call: Call, _ endpoint: RegistryEndpoint) async throws -> Answer {
    let origin = try await origin(of: endpoint)
    let first = try call.address ?? origin.url(endpoint.prefix + call.target)
    let header = await known.authorization(of: origin, scopes: call.scopes)
    let answer = try await following(call, first, origin, header)
    guard answer.status == 401, answer.url.origin == origin, first.origin == origin else { return answer }
    guard let fresh = try await authorization(answer.headers["WWW-Authenticate"], endpoint, origin, call.scopes) else { return answer }
    return try await following(call, first, origin, fresh)
  }

  /// Sends a request, and on to where it is sent on to. The authorization goes to the registry itself alone.
  private func following(_ call: Call, _ first: RegistryURL, _ registry: Origin, _ authorization: String?) async throws -> Answer {
    var url = first
    var isOwn = url.origin == registry
    if !isOwn { try checkLeaving(from: registry, to: url) }
    for _ in 0..<6 {
      var request = HTTPClientRequest(url: url.text)
      request.method = call.method
      request.headers = call.headers
      if isOwn, let authorization { request.headers.replaceOrAdd(name: "Authorization", value: authorization) }
      request.body = try call.body?()
      let answer = try await execute(request, url)
      let repeats = [307, 308].contains(answer.status)
      guard repeats || [301, 302, 303].contains(answer.status), let location = answer.headers.first(name: "Location") else { return answer }
      guard repeats || call.method == .GET || call.method == .HEAD else {
        throw RegistryError(
          .invalid, "the registry \(registry.authority) sends a \(call.method.rawValue) on to another place with status \(answer.status)")
      }
      let next = try RegistryURL(location, relativeTo: url)
      try checkLeaving(from: url.origin, to: next)
      // Once it has left the registry it is nobody's any more, also when it comes back.
      isOwn = isOwn && next.origin == registry
      url = next
    }
    throw RegistryError(.invalid, "the registry \(registry.authority) sends on and on: the last address was \(shown(url.text))")
  }

  /// Whether what one host says may lead to another.
  func checkLeaving(from origin: Origin, to next: RegistryURL) throws {
    guard next.origin != origin else { return }
    if origin.scheme == .https, next.origin.scheme == .http {
      throw RegistryError(
        .invalid, "\(origin.authority) sends on from https to plain http (\(shown(next.text))), which is refused",
        hint: "a registry behind a proxy must know that it is reached by https (X-Forwarded-Proto)")
    }
    let place = HostPlace.of(next.origin.host)
    if place != .elsewhere, place != HostPlace.of(origin.host) {
      throw RegistryError(
        .invalid, "\(origin.authority) sends on to \(next.origin.authority), an address of this machine or its network: refused")
    }
  }

  /// One exchange, without any second thoughts.
  func execute(_ request: HTTPClientRequest, _ url: RegistryURL) async throws -> Answer {
    var request = request
    request.headers.replaceOrAdd(name: "User-Agent", value: "muster")
    let tls = url.origin.scheme == .https ? try await tls(url.origin) : nil
    request.tlsConfiguration = tls
    let response: HTTPClientResponse
    do {
      response = try await http.execute(request, deadline: .now() + .init(policy.answerTimeout))
    } catch {
      try Task.checkCancellation()
      throw TransportError(
        error, url.origin, wasReached: await known.wasReached(url.origin), hasShownCertificate: tls?.certificateChain.isEmpty == false)
    }
    await known.reached(url.origin)
    return Answer(status: Int(response.status.code), headers: response.headers, body: response.body, url: url)
  }

  private func tls(_ origin: Origin) async throws -> TLSConfiguration {
    if let found = await known.tls(origin) { return found }
    let made = try configuration.tls(origin)
    await known.keep(made, for: origin)
    return made
  }

  /// The whole body of an answer, at most `limit` bytes and within the policy's time.
  func read(_ answer: Answer, limit: Int, what: String) async throws -> [UInt8] {
    let tooLarge = RegistryError(.invalid, "\(what) is larger than \(limit) bytes")
    if let length = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) }), length > Int64(limit) { throw tooLarge }
    let origin = answer.url.origin
    return try await within(policy.answerTimeout) {
      var bytes: [UInt8] = []
      do {
        for try await piece in answer.body {
          guard bytes.count + piece.readableBytes <= limit else { throw tooLarge }
          bytes.append(contentsOf: piece.readableBytesView)
        }
      } catch let error as RegistryError { throw error } catch {
        try Task.checkCancellation()
        throw TransportError(error, origin, wasReached: true)
      }
      return bytes
    } orThrow: {
      RegistryError(.timedOut, "\(what) takes longer than \(self.policy.answerTimeout.components.seconds) seconds")
    }
  }
}

/// The body's result, or an error when it takes too long.
func within<Value: Sendable>(
  _ time: Duration, _ body: @escaping @Sendable () async throws -> Value, orThrow error: @escaping @Sendable () -> any Error
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask(operation: body)
    group.addTask {
      try await Task.sleep(for: time)
      throw error()
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw CancellationError() }
    return value
  }
}

extension TimeAmount {
  init(_ duration: Duration) {
    self = .nanoseconds(duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000)
  }
}
