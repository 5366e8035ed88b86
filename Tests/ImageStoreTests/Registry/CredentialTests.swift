import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import ImageStore

/// Rows S35 and S36: whom a password or a token is sent to.
@Suite(.timeLimit(.minutes(10))) struct CredentialTests {
  static let layer = SavedImageTests.lower

  /// A registry that asks for a token at `realm`.
  static func challenge(_ realm: String) -> MockRegistry.Reply {
    .init(status: 401, headers: [("WWW-Authenticate", #"Bearer realm="\#(realm)",service="s",scope="repository:x:pull""#)])
  }

  /// `OWN` and `OTHER` are the ports of the registry and of another host.
  static let realms = [
    "https://evil.example/token", "http://127.0.0.1:OTHER/token", "http://localhost:OWN/token", "http://localhost:OTHER/token",
    "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "http://u:p@127.0.0.1:OTHER/token", "//127.0.0.1:OTHER/token",
    "http://127.0.0.1:OWN@127.0.0.1:OTHER/token", "http://127.0.0.1:OWN\\\\@127.0.0.1:OTHER/token", "http://127.0.0.1:OTHER/to ken",
    "http://127.0.0.1:OWN#@127.0.0.1:OTHER/token", "ftp://127.0.0.1:OTHER/token", "http://[::ffff:127.0.0.1]:OTHER/token",
    "http://127.1:OTHER/token", "http://2130706433:OTHER/token", "http://127.0.0.1:OWN.evil.example/token",
    "http://127.0.0.1.:OTHER/token", "http://127.0.0.1:OTHER\t/token", "http://%31%32%37.0.0.1:OTHER/token",
  ]

  @Test(arguments: realms) func aRealmElsewhereGetsNoPassword(_ realm: String) async throws {
    let registry = try await MockRegistry()
    let other = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    let realm = realm.replacing("OWN", with: String(registry.port)).replacing("OTHER", with: String(other.port))
    registry.answer { asked in
      asked.path.hasPrefix("/v2/x/") ? Self.challenge(realm) : asked.path == "/token" ? .init(body: Array(#"{"token":"t"}"#.utf8)) : nil
    }
    other.answer { _ in .init(body: Array(#"{"token":"t"}"#.utf8)) }
    let options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "secret")], policy: .quick)
    await #expect(throws: RegistryError.self) { try await store.pull(try ImageReference("\(registry.name)/x:1"), options) }
    #expect(other.asked.isEmpty, "\(other.asked)")
    #expect(registry.withCredentials.isEmpty)
    await registry.close()
    await other.close()
  }

  @Test(arguments: [301, 302, 303, 307, 308]) func aTokenServerMayNotSendOn(_ status: Int) async throws {
    let registry = try await MockRegistry()
    let other = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let target = "http://\(other.name)/token"
    registry.answer { asked in
      asked.path == "/token"
        ? .init(status: status, headers: [("Location", target)])
        : asked.path.hasPrefix("/v2/x/")
          ? Self.challenge("http://127.0.0.1:\(asked.headers.first(name: "Host")?.split(separator: ":").last ?? "")/token") : nil
    }
    let options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "secret")], policy: .quick)
    await #expect(throws: RegistryError.self) { try await store.pull(try ImageReference("\(registry.name)/x:1"), options) }
    #expect(registry.withCredentials.count == 1 && other.asked.isEmpty)
    await registry.close()
    await other.close()
  }

  @Test func aListedTokenHostIsAsked() async throws {
    let registry = try await MockRegistry()
    let other = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    other.answer { _ in .init(body: Array(#"{"token":"t0k"}"#.utf8)) }
    let realm = "http://\(other.name)/token"
    registry.answer { asked in
      asked.path.hasPrefix("/v2/x/") && asked.headers.first(name: "Authorization") != "Bearer t0k" ? Self.challenge(realm) : nil
    }
    var options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "secret")], policy: .quick)
    options.configuration.tokenHosts = [registry.name: [other.name]]
    let pulled = try await store.pull(try ImageReference("\(registry.name)/x:1"), options)
    #expect(pulled.isNew)
    let asked = try #require(other.asked.first)
    #expect(asked.headers.first(name: "Authorization") == "Basic bWU6c2VjcmV0")
    #expect(asked.target.contains("scope=repository%3Ax%3Apull") && asked.target.contains("service=s"))
    // One token for all of it.
    #expect(other.asked.count == 1)
    await registry.close()
    await other.close()
  }

  @Test(arguments: ["a\\r\\nX-Injected: 1", "a b", "", "\\u0000"]) func aTokenThatIsNoneIsRefused(_ token: String) async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.answer { asked in
      asked.path == "/token"
        ? .init(body: Array(#"{"token":"\#(token)"}"#.utf8))
        : asked.path.hasPrefix("/v2/x/") ? Self.challenge("http://\(asked.headers.first(name: "Host") ?? "")/token") : nil
    }
    let error = await #expect(throws: RegistryError.self) {
      try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    }
    #expect(error?.kind == .invalid)
    await registry.close()
  }

  struct Way: Sendable, CustomTestStringConvertible {
    var status: Int
    /// `manifests`, `blobs`, `uploads`.
    var what: String
    var host: String
    var testDescription: String { "\(status) of \(what) to \(host)" }
  }
  static let ways = [301, 302, 307, 308].flatMap { status in
    ["manifests", "blobs", "uploads"].flatMap { what in ["127.0.0.1", "localhost"].map { Way(status: status, what: what, host: $0) } }
  }

  /// S36: 4 statuses × manifest, blob, upload × another port, another name.
  @Test(arguments: ways) func nothingLeaksWhereARegistrySendsOn(_ way: Way) async throws {
    let registry = try await MockRegistry()
    let other = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    other.put(image: "x", "1", [Self.layer])
    let options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "secret")], policy: .quick)
    let elsewhere = "http://\(way.host):\(other.port)"
    registry.answer { asked in
      if asked.headers.first(name: "Authorization") != "Basic bWU6c2VjcmV0" {
        return .init(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"r\"")])
      }
      if asked.method == "GET" || asked.method == "PATCH", asked.path.contains("/\(way.what)/") {
        return .init(status: way.status, headers: [("Location", elsewhere + asked.target)])
      }
      switch asked.method {
      case "HEAD" where asked.path.contains("/blobs/"): return .init(status: 404)
      case "POST": return .init(status: 202, headers: [("Location", "/v2/x/blobs/uploads/1")])
      case "PATCH": return .init(status: 202, headers: [("Location", "/v2/x/blobs/uploads/1?s=2")])
      case "PUT": return .init(status: 201)
      default: return nil
      }
    }
    other.answer { asked in
      asked.method == "PATCH"
        ? .init(status: 202, headers: [("Location", "/v2/x/blobs/uploads/1?s=2")]) : asked.method == "PUT" ? .init(status: 201) : nil
    }
    let reference = try ImageReference("\(registry.name)/x:1")
    if way.what == "uploads" {
      let path = try fixture.write("saved.tar", SavedImageTests.dockerArchive([Self.layer]))
      _ = try await store.importImage(path: path, reference: reference)
      if way.status < 303 {
        await #expect(throws: RegistryError.self) { try await store.push(reference, options) }
      } else {
        _ = try await store.push(reference, options)
        #expect(other.asked.contains { $0.method == "PATCH" && !$0.body.isEmpty })
      }
    } else {
      let pulled = try await store.pull(reference, options)
      #expect(pulled.isNew)
      #expect(!other.asked.isEmpty)
    }
    #expect(other.withCredentials.isEmpty)
    await registry.close()
    await other.close()
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://169.254.169.254/x", "http://u:p@127.0.0.1:1/x", "gopher://x/"])
  func addressesThatAreNoneAreNotFollowed(_ location: String) async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.answer { asked in asked.path.contains("/manifests/") ? .init(status: 307, headers: [("Location", location)]) : nil }
    let error = await #expect(throws: RegistryError.self) {
      try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    }
    #expect(error?.kind == .invalid)
    await registry.close()
  }

  /// https never becomes http, whoever says so.
  @Test func plainHTTPIsNoStepDown() throws {
    let client = RegistryClient(configuration: RegistryConfiguration(), credentials: [:])
    let secure = try RegistryURL("https://registry.example/v2/").origin
    #expect(throws: RegistryError.self) { try client.checkLeaving(from: secure, to: try RegistryURL("http://registry.example/v2/")) }
    #expect(throws: RegistryError.self) { try client.checkLeaving(from: secure, to: try RegistryURL("http://cdn.example/")) }
    #expect(throws: RegistryError.self) { try client.checkLeaving(from: secure, to: try RegistryURL("https://127.0.0.1/")) }
    try client.checkLeaving(from: secure, to: try RegistryURL("https://cdn.example/"))
    Task { await client.close() }
  }

  /// This machine and its link have many names; none of them is where another host may send to.
  @Test(
    arguments: [
      ("localhost", HostPlace.loopback), ("a.localhost", .loopback), ("localhost.", .loopback), ("127.0.0.1", .loopback),
      ("127.0.0.1.", .loopback), ("127.1", .loopback), ("2130706433", .loopback), ("0x7f000001", .loopback), ("0177.0.0.1", .loopback),
      ("0", .loopback), ("0.0.0.0", .loopback), ("::", .loopback), ("::1", .loopback), ("0:0:0:0:0:0:0:1", .loopback),
      ("::ffff:127.0.0.1", .loopback), ("::ffff:7f00:1", .loopback), ("::127.0.0.1", .loopback), ("169.254.169.254", .linkLocal),
      ("2852039166", .linkLocal), ("::ffff:a9fe:a9fe", .linkLocal), ("fe80::1", .linkLocal), ("febf::1%eth0", .linkLocal),
      ("registry.example", .elsewhere), ("10.0.0.1", .elsewhere), ("localhost.example", .elsewhere), ("fec0::1", .elsewhere),
      ("fd00::1", .elsewhere), ("::ffff:10.0.0.1", .elsewhere), ("128.0.0.1", .elsewhere),
    ] as [(String, HostPlace)])
  func whereAHostIs(host: String, place: HostPlace) { #expect(HostPlace.of(host) == place) }
}
