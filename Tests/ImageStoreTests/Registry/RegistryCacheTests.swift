import OCI
import Testing

@testable import ImageStore

/// Build caches in registries: what is asked for when, and what of a lying registry is believed.
@Suite(.timeLimit(.minutes(10))) struct RegistryCacheTests {
  private static let layers = [SavedImageTests.lower, SavedImageTests.upper]
  private static let keys = layers.indices.map { ContentHash.of([UInt8($0)]) }
  private static let options: PullOptions = {
    var options = PullOptions()
    options.policy = .quick
    return options
  }()

  /// What a registry gives for `shop/cache:1`.
  private struct Given {
    var document = CacheDocument(
      zip(keys, layers).map { CacheRecord(key: $0, layer: ContentHash.of($1), created: "2026-01-02T03:04:05Z") })
    var descriptors = layers.map { ContentDescriptor(mediaType: MediaType.layer, digest: ContentHash.of($0), size: Int64($0.count)) }
    /// Instead of what the descriptor says.
    var contents: [Int: [UInt8]] = [:]
    var list: [UInt8]?
    var type = MediaType.manifest

    func put(on registry: MockRegistry) throws {
      let bytes = try list ?? JSON.encode(document)
      let config = ContentDescriptor(mediaType: CacheDocument.mediaType, digest: ContentHash.of(bytes), size: Int64(bytes.count))
      registry.put("/v2/shop/cache/blobs/\(config.digest)", bytes)
      for (index, descriptor) in descriptors.enumerated() {
        registry.put("/v2/shop/cache/blobs/\(descriptor.digest)", contents[index] ?? layers[index])
      }
      registry.put("/v2/shop/cache/manifests/1", try JSON.encode(ImageManifest(config: config, layers: descriptors)), type)
    }
  }

  private static func location(_ registry: MockRegistry) throws -> CacheLocation {
    .registry(try ImageReference("\(registry.name)/shop/cache:1"))
  }

  @Test func aLayerComesWhenItIsNeeded() async throws {
    let registry = try await MockRegistry()
    try Given().put(on: registry)
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let cache = try await ForeignCache.open(try Self.location(registry), Self.options)
    func asked() -> [String] { registry.asked.map(\.path).filter { $0 != "/v2/" } }
    #expect(asked().count == 2, "\(asked())")
    #expect(cache.record(ContentHash.of([9])) == nil)
    let layer = try #require(cache.record(Self.keys[1])?.layer)
    #expect(layer == ContentHash.of(Self.layers[1]))
    try await store.bring(layer, from: cache)
    try await store.bring(layer, from: cache)
    let kept = await store.layer(layer)
    #expect(kept?.blob?.digest == layer)
    #expect(asked().count == 3 && asked().last == "/v2/shop/cache/blobs/\(layer)", "\(asked())")
    await cache.close()
    await registry.close()
  }

  /// Each is refused before any layer is asked for.
  @Test(arguments: ["another platform", "another number", "unknown layer", "no time", "not JSON", "too long", "an index", "twice"])
  func aListThatLiesIsRefused(how: String) async throws {
    var given = Given()
    switch how {
    case "another platform": given.document.architecture = "s390x"
    case "another number": given.descriptors.removeLast()
    case "unknown layer": given.document.records[0].layer = ContentHash.of([7])
    case "no time": given.document.records[0].created = "yesterday\u{1B}[2J"
    case "not JSON": given.list = Array("[".utf8)
    case "too long": given.list = [UInt8](repeating: 0x20, count: CacheDocument.limit + 1)
    case "an index": given.type = MediaType.index
    default: given.document.layers[1] = given.document.layers[0]
    }
    let registry = try await MockRegistry()
    try given.put(on: registry)
    let location = try Self.location(registry)
    let error = await #expect(throws: ImageStoreError.self) { try await ForeignCache.open(location, Self.options) }
    #expect(error?.description.contains("\u{1B}") == false)
    let layers = Set(given.descriptors.map { "/v2/shop/cache/blobs/\($0.digest)" })
    #expect(layers.isDisjoint(with: registry.asked.map(\.path)))
    await registry.close()
  }

  @Test(arguments: ["other content", "longer", "shorter", "another layer"]) func aLayerThatLiesIsRefused(how: String) async throws {
    var given = Given()
    let content = Self.layers[0]
    switch how {
    case "other content": given.contents[0] = content.map { $0 ^ 1 }
    case "longer": given.contents[0] = content + [0]
    case "shorter": given.contents[0] = content.dropLast()
    default: given.document.layers.swapAt(0, 1)
    }
    let registry = try await MockRegistry()
    try given.put(on: registry)
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let cache = try await ForeignCache.open(try Self.location(registry), Self.options)
    let layer = try #require(cache.record(Self.keys[0])?.layer)
    await #expect(throws: (any Error).self) { try await store.bring(layer, from: cache) }
    let left = await store.unusedLayers()
    #expect(left.isEmpty)
    await cache.close()
    await registry.close()
  }

  @Test func whatIsWrittenIsReadAgain() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let saved = SavedImageTests.dockerArchive(Self.layers, tags: #"["saved:1"]"#)
    let image = try await store.importImage(path: try fixture.write("saved.tar", saved), reference: nil)
    let records = zip(Self.keys, image.config.rootfs.diffIDs).map { CacheRecord(key: $0, layer: $1, created: "2026-01-02T03:04:05Z") }
    let location = CacheLocation.directory(fixture.path + "/deep/cache", tag: "a")
    let written = try await store.exportCache(records + records, to: location)
    #expect(try await store.exportCache(records, to: location) == written)
    let cache = try await ForeignCache.open(.directory(fixture.path + "/deep/cache", tag: "none", digest: written.digest))
    let other = try ImageStore(directory: fixture.path + "/other")
    for record in records {
      #expect(cache.record(record.key) == record)
      if let layer = record.layer { try await other.bring(layer, from: cache) }
    }
    #expect(try fixture.listing(store.layersDirectory) == fixture.listing(other.layersDirectory))
    await cache.close()
  }
}
