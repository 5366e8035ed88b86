import NIOHTTP1
import OCI
import TestSupport
import Testing

@testable import ImageStore

/// What registries find, and what those do that have nothing to find with.
@Suite(.timeLimit(.minutes(10))) struct SearchTests {
  private static func json(_ text: String, _ headers: [(String, String)] = []) -> MockRegistry.Reply {
    MockRegistry.Reply(headers: [("Content-Type", "application/json")] + headers, body: Array(text.utf8))
  }

  private static func catalog(_ names: [String], next: String? = nil) -> MockRegistry.Reply {
    json(
      #"{"repositories":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]}"#, next.map { [("Link", "<\($0)>; rel=\"next\"")] } ?? [])
  }

  private func search(_ term: String, limit: Int = 25, _ options: PullOptions = PullOptions(policy: .quick)) async throws
    -> [FoundRepository]
  {
    try await ImageStore.search(try SearchTerm(term), limit: limit, options)
  }

  @Test func anIndexIsAskedAsDockerAsksIt() async throws {
    let registry = try await MockRegistry()
    registry.answer { asked in
      guard asked.path == "/v1/search" else { return nil }
      return Self.json(
        """
        {"query":"a b","num_results":4,"results":[
          {"name":"web","description":"one\\nline\\u001b[2J","star_count":7,"is_official":true,"is_automated":true},
          {"name":"x/y","description":null},{"description":"nameless"},{"name":"z","star_count":0},{"name":"too many"}]}
        """)
    }
    let found = try await search("\(registry.name)/a b&n=9", limit: 3)
    #expect(
      found == [
        FoundRepository(name: "web", description: "one line?[2J", stars: 7, isOfficial: true), FoundRepository(name: "x/y"),
        FoundRepository(name: "z"),
      ])
    let asked = registry.asked.filter { $0.path == "/v1/search" }
    #expect(asked.map(\.target) == ["/v1/search?q=a%20b%26n%3D9&n=3"])
    #expect(registry.asked.allSatisfy { !$0.path.hasPrefix("/v2/_catalog") })
    await registry.close()
  }

  /// Docker Hub has nothing but its index.
  @Test func dockerHubHasItsOwnPlace() async throws {
    let index = try await MockRegistry()
    var options = PullOptions(
      credentials: ["127.0.0.1:\(index.port)": RegistryCredential(username: "me", password: "secret")], policy: .quick)
    options.configuration.index = RegistryEndpoint(registry: "docker.io", host: "127.0.0.1", port: index.port, scheme: .http)
    index.answer { $0.path == "/v1/search" ? Self.json(#"{"results":[{"name":"debian","is_official":true}]}"#) : nil }
    #expect(try await search("library/debian", options).map(\.name) == ["debian"])
    #expect(index.asked.map(\.target) == ["/v1/search?q=debian&n=25"])
    for reply in [MockRegistry.Reply(status: 404), Self.json("<html>"), Self.json("{}"), MockRegistry.Reply(status: 401)] {
      index.answer { _ in reply }
      await #expect(throws: RegistryError.self) { try await search("debian", options) }
    }
    #expect(index.asked.allSatisfy { $0.path == "/v1/search" } && index.withCredentials.isEmpty)
    await index.close()
  }

  /// What is no answer of an index: then the list of all repositories is looked through.
  @Test(arguments: [400, 401, 403, 404, 405, 410, 501, 200, 302])
  func withoutAnIndexTheListIsLookedThrough(_ status: Int) async throws {
    let registry = try await MockRegistry()
    registry.answer { asked in
      switch asked.path {
      case "/v1/search":
        MockRegistry.Reply(status: status, headers: status == 302 ? [("Location", "/login")] : [], body: Array("<!DOCTYPE html>".utf8))
      case "/login": MockRegistry.Reply(headers: [("Content-Type", "text/html")], body: Array("<html>".utf8))
      case "/v2/_catalog":
        asked.target.contains("last=")
          ? Self.catalog(["team/web2", "web"]) : Self.catalog(["db", "team/web"], next: "/v2/_catalog?last=x&n=2")
      default: nil
      }
    }
    #expect(try await search("\(registry.name)/WEB").map(\.name) == ["team/web", "team/web2", "web"])
    #expect(try await search("\(registry.name)/").map(\.name) == ["db", "team/web", "team/web2", "web"])
    #expect(try await search("\(registry.name)/web", limit: 1).map(\.name) == ["team/web"])
    // Enough is enough: the second page was not asked for.
    #expect(registry.asked.last?.target == "/v2/_catalog?n=1000")
    #expect(try await search("\(registry.name)/nothing") == [])
    await registry.close()
  }

  @Test func aRegistryThatIsBrokenSaysSo() async throws {
    let registry = try await MockRegistry()
    for status in [429, 500, 503] {
      registry.answer { $0.path == "/v2/" ? nil : MockRegistry.Reply(status: status) }
      let error = await #expect(throws: RegistryError.self) { try await search("\(registry.name)/web") }
      #expect(error?.kind == .unavailable)
    }
    #expect(registry.asked.allSatisfy { $0.path != "/v2/_catalog" })
    await registry.close()
  }

  @Test func smallerPagesAreTaken() async throws {
    let registry = try await MockRegistry()
    registry.answer { asked in
      asked.target == "/v2/_catalog?n=1000" ? .init(status: 400) : asked.path == "/v2/_catalog" ? Self.catalog(["web"]) : nil
    }
    #expect(try await search("\(registry.name)/web").map(\.name) == ["web"])
    registry.answer { $0.path == "/v2/_catalog" ? .init(status: 400) : nil }
    await #expect(throws: RegistryError.self) { try await search("\(registry.name)/web") }
    await registry.close()
  }

  @Test(arguments: [401, 403, 404, 405]) func aRegistryWithoutSearchIsNamed(_ status: Int) async throws {
    let registry = try await MockRegistry()
    registry.answer { $0.path == "/v2/" ? nil : MockRegistry.Reply(status: $0.path == "/v2/_catalog" ? status : 404) }
    let error = await #expect(throws: RegistryError.self) { try await search("\(registry.name)/web") }
    #expect(error?.message.hasPrefix("the registry \(registry.name) offers no search: ") == true, "\(String(describing: error))")
    #expect(error?.kind == (status == 401 || status == 403 ? .denied : .notFound))
    #expect((error?.hint == "log in: muster login \(registry.name)") == (status == 401 || status == 403))
    await registry.close()
  }

  /// A token for the list, from the registry's own host; nobody else hears of the password, wherever the registry sends.
  @Test func aTokenIsAskedForTheListAndNobodyElseGetsThePassword() async throws {
    let registry = try await MockRegistry()
    let other = try await MockRegistry()
    let realm = "http://\(registry.name)/token"
    registry.answer { asked in
      switch asked.path {
      case "/token": Self.json(#"{"token":"t0k"}"#)
      case "/v1/search": .init(status: 307, headers: [("Location", "http://localhost:\(other.port)/v1/search")])
      case "/v2/_catalog":
        asked.headers.first(name: "Authorization") == "Bearer t0k"
          ? Self.catalog(["web"]) : .init(status: 401, headers: [("WWW-Authenticate", #"Bearer realm="\#(realm)",service="s""#)])
      default: nil
      }
    }
    other.answer { _ in .init(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"r\"")]) }
    let options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "secret")], policy: .quick)
    #expect(try await search("\(registry.name)/web", options).map(\.name) == ["web"])
    let token = try #require(registry.asked.first { $0.path == "/token" })
    #expect(token.target.contains("scope=registry%3Acatalog%3A%2A") && token.headers.first(name: "Authorization") == "Basic bWU6c2VjcmV0")
    #expect(!other.asked.isEmpty && other.withCredentials.isEmpty)
    await registry.close()
    await other.close()
  }

  /// The realm of another host gets no password: then the registry is one without search for this user.
  @Test func aRealmElsewhereGetsNothing() async throws {
    let registry = try await MockRegistry()
    let other = try await MockRegistry()
    registry.answer { asked in
      asked.path == "/v2/"
        ? nil : .init(status: 401, headers: [("WWW-Authenticate", #"Bearer realm="http://\#(other.name)/token",service="s""#)])
    }
    let options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "secret")], policy: .quick)
    let error = await #expect(throws: RegistryError.self) { try await search("\(registry.name)/web", options) }
    #expect(error?.message.contains("offers no search") == true)
    #expect(other.asked.isEmpty && registry.withCredentials.isEmpty)
    await registry.close()
    await other.close()
  }

  @Test(arguments: ["endless index", "large index", "endless list", "list without end", "empty page", "deep index", "not JSON", "numbers"])
  func hostileAnswersEnd(_ how: String) async throws {
    let registry = try await MockRegistry()
    registry.answer { asked in
      let isIndex = how.hasSuffix("index") || how == "not JSON" || how == "numbers"
      guard asked.path == (isIndex ? "/v1/search" : "/v2/_catalog") else { return nil }
      switch how {
      case "endless index", "endless list": return .init(body: [], isEndless: true)
      case "large index": return .init(body: Array("{".utf8) + [UInt8](repeating: 0x20, count: 5 << 20))
      case "deep index": return Self.json(String(repeating: #"{"results":["#, count: 100_000))
      case "not JSON": return Self.json(#"{"results":["#)
      case "numbers": return Self.json(#"{"results":[{"name":"x","star_count":1e300}]}"#)
      case "empty page": return Self.catalog([], next: "/v2/_catalog?last=\(UInt64.random(in: 0 ... .max))")
      default: return Self.catalog((0..<20_000).map { "r\($0)" }, next: "/v2/_catalog?last=\(UInt64.random(in: 0 ... .max))")
      }
    }
    if how == "empty page" {
      #expect(try await search("\(registry.name)/web") == [])
    } else {
      let error = await #expect(throws: RegistryError.self) { try await search("\(registry.name)/web") }
      #expect(error?.kind == .invalid)
    }
    #expect(registry.asked.count < 20)
    await registry.close()
  }

  /// The registry that Debian packages has no index; with passwords its list is for those who are known.
  @Test(.enabled(if: installed("docker-registry"), "docker-registry is not installed")) func theRegistryOfDebian() async throws {
    let registry = try await DockerRegistry(isSecure: true)
    let fixture = try StoreFixture()
    let store = try fixture.open()
    _ = try await store.importImage(path: try fixture.write("saved.tar", DockerRegistryTests.archive()), reference: nil)
    var options = PullOptions(credentials: [registry.name: RegistryCredential(username: "me", password: "s3cret")])
    options.configuration.certificates = [registry.certificates]
    for name in ["shop/web", "shop/db", "webster"] {
      let reference = try ImageReference("\(registry.name)/\(name):1")
      try await store.tag("saved:1", as: reference)
      _ = try await store.push(reference, options)
    }
    #expect(try await search("\(registry.name)/web", options).map(\.name) == ["shop/web", "webster"])
    #expect(try await search("\(registry.name)/", limit: 2, options).map(\.name) == ["shop/db", "shop/web"])
    options.credentials = [:]
    let refused = options
    let error = await #expect(throws: RegistryError.self) { try await search("\(registry.name)/web", refused) }
    #expect(error?.message.contains("offers no search") == true && error?.hint == "log in: muster login \(registry.name)")
    await registry.end()
  }
}
