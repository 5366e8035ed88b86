import OCI
import Testing

@testable import ImageStore

/// What registries are asked without anything being got.
@Suite struct AskingTests {
  private static func page(_ tags: [String], next: String? = nil) -> MockRegistry.Reply {
    let list = tags.map { "\"\($0)\"" }.joined(separator: ",")
    return MockRegistry.Reply(
      headers: [("Content-Type", "application/json")] + (next.map { [("Link", "<\($0)>; rel=\"next\"")] } ?? []),
      body: Array(#"{"name":"shop/web","tags":[\#(list)]}"#.utf8))
  }

  private func tags(_ registry: MockRegistry) async throws -> [String] {
    try await ImageStore.tags(of: try ImageReference("\(registry.name)/shop/web"), PullOptions())
  }

  @Test func tagsComePageByPage() async throws {
    let registry = try await MockRegistry()
    registry.answer { asked in
      guard asked.path == "/v2/shop/web/tags/list" else { return nil }
      return asked.target.contains("last=b") ? Self.page(["c"]) : Self.page(["a", "b"], next: "/v2/shop/web/tags/list?last=b&n=1000")
    }
    #expect(try await tags(registry) == ["a", "b", "c"])
    registry.answer { $0.path.hasSuffix("/tags/list") ? MockRegistry.Reply(body: Array(#"{"name":"x","tags":null}"#.utf8)) : nil }
    #expect(try await tags(registry) == [])
    registry.answer { $0.path.hasSuffix("/tags/list") ? MockRegistry.Reply(body: Array("[".utf8)) : nil }
    await #expect(throws: RegistryError.self) { try await tags(registry) }
    registry.answer { _ in nil }
    let missing = await #expect(throws: RegistryError.self) { try await tags(registry) }
    #expect(missing?.kind == .notFound)
    await registry.close()
  }

  /// The next page is of the same list, of the same registry, and there is an end.
  @Test(arguments: [
    "http://127.0.0.1:1/v2/shop/web/tags/list?n=1", "/v2/other/tags/list?n=1", "/v2/shop/web/tags/list?n=1000", "//h/x",
  ])
  func anotherPlaceIsNotFollowed(_ next: String) async throws {
    let registry = try await MockRegistry()
    registry.answer { $0.path.hasSuffix("/tags/list") ? Self.page(["a"], next: next) : nil }
    #expect(try await tags(registry) == ["a"])
    #expect(registry.asked.count { $0.path.hasSuffix("/tags/list") } == 1)
    await registry.close()
  }

  /// Whole addresses, relative ones, and one of several links: all of them are the same list of the same registry.
  @Test(arguments: [
    "</v2/shop/web/tags/list?last=a>; rel=next", "<http://OWN/v2/shop/web/tags/list?last=a>; rel=\"next\"", "<list?last=a>; rel=\"next\"",
    "<?last=a>; rel=\"next\"", "</v2/shop/web/tags/list?first=x>; rel=\"prev\", </v2/shop/web/tags/list?last=a>; title=\"x\"; rel=\"next\"",
  ])
  func theNextPageIsFoundHoweverItIsWritten(_ link: String) async throws {
    let registry = try await MockRegistry()
    let link = link.replacing("OWN", with: registry.name)
    registry.answer { asked in
      guard asked.path == "/v2/shop/web/tags/list" else { return nil }
      if asked.target.contains("last=a") { return Self.page(["b"]) }
      return MockRegistry.Reply(headers: [("Link", link)], body: Array(#"{"tags":["a"]}"#.utf8))
    }
    #expect(try await tags(registry) == ["a", "b"])
    await registry.close()
  }

  @Test func aListWithoutEndIsGivenUp() async throws {
    let registry = try await MockRegistry()
    registry.answer { asked in
      guard asked.path.hasSuffix("/tags/list") else { return nil }
      return Self.page((0..<20_000).map { "t\($0)" }, next: "/v2/shop/web/tags/list?last=\(UInt64.random(in: 0 ... .max))")
    }
    let error = await #expect(throws: RegistryError.self) { try await tags(registry) }
    #expect(error?.message.contains("more than 100000 tags") == true)
    await registry.close()
  }

  @Test func whatANameStandsForIsKnownWithoutGettingIt() async throws {
    let registry = try await MockRegistry()
    let (manifest, config) = registry.put(image: "shop/web", "1", [Array("no layer".utf8)])
    let found = try await ImageStore.ask(for: try ImageReference("\(registry.name)/shop/web:1"), PullOptions())
    #expect(found == RemoteIdentity(digest: ContentHash.of(manifest), id: ContentHash.of(config)))
    #expect(registry.asked.allSatisfy { !$0.path.contains("/blobs/") })
    let missing = await #expect(throws: RegistryError.self) {
      try await ImageStore.ask(for: try ImageReference("\(registry.name)/shop/web:2"), PullOptions())
    }
    #expect(missing?.kind == .notFound)
    await registry.close()
  }
}
