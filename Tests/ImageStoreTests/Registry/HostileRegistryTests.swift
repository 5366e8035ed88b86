import Glibc
import LinuxKit
import NIOHTTP1
import OCI
import Testing

@testable import ImageStore

/// Rows S32, S33 and S38: a registry that lies, sends too much, or never comes to an end.
@Suite(.timeLimit(.minutes(10))) struct HostileRegistryTests {
  static let layer = SavedImageTests.lower
  static let other = SavedImageTests.upper
  static let config = SavedImageTests.configuration([layer])

  static func part(_ type: String, _ bytes: [UInt8], size: Int? = nil, digest: String? = nil, more: String = "") -> String {
    #"{"mediaType":"\#(type)","size":\#(size ?? bytes.count),"digest":"\#(digest ?? ContentHash.of(bytes).description)"\#(more)}"#
  }
  static func manifest(
    schema: String = "2", type: String? = MediaType.manifest, config: String? = nil, layers: [String]? = nil, more: String = ""
  ) -> String {
    let type = type.map { #""mediaType":"\#($0)","# } ?? ""
    let config = config ?? part(MediaType.config, Self.config)
    let layers = (layers ?? [part(MediaType.layer, layer)]).joined(separator: ",")
    return #"{"schemaVersion":\#(schema),\#(type)"config":\#(config),"layers":[\#(layers)]\#(more)}"#
  }
  static func index(_ parts: [String], more: String = "") -> String {
    #"{"schemaVersion":2,"mediaType":"\#(MediaType.index)","manifests":[\#(parts.joined(separator: ","))]\#(more)}"#
  }
  static let platform = #","platform":{"os":"linux","architecture":"\#(Platform.current.architecture)"}"#

  struct Lie: Sendable, CustomTestStringConvertible {
    var name: String
    var manifest: String
    var type = MediaType.manifest
    var headers: [(String, String)] = []
    /// Further content by path below the repository.
    var blobs: [(String, [UInt8])] = []
    var testDescription: String { name }
  }

  static func blob(_ shown: [UInt8], as bytes: [UInt8]) -> (String, [UInt8]) { ("blobs/\(ContentHash.of(shown))", bytes) }

  static let lies: [Lie] = [
    Lie(name: "another digest in the header", manifest: manifest(), headers: [("Docker-Content-Digest", ContentHash.of([1]).description)]),
    Lie(name: "no digest in the header", manifest: manifest(), headers: [("Docker-Content-Digest", "sha256:abc")]),
    Lie(name: "index and manifest in one", manifest: manifest(more: #","manifests":[]"#)),
    Lie(name: "manifest and index in one", manifest: index([], more: #","layers":[]"#), type: MediaType.index),
    Lie(name: "index with a config", manifest: index([], more: #","config":{}"#), type: MediaType.index),
    Lie(name: "schema 1 in it", manifest: #"{"schemaVersion":1,"name":"x","tag":"1","fsLayers":[],"history":[]}"#),
    Lie(
      name: "schema 1 outside", manifest: #"{"schemaVersion":1,"name":"x","fsLayers":[]}"#,
      type: "application/vnd.docker.distribution.manifest.v1+prettyjws"),
    Lie(name: "schema 3", manifest: manifest(schema: "3")),
    Lie(name: "no schema", manifest: #"{"mediaType":"\#(MediaType.manifest)"}"#),
    Lie(name: "says manifest, comes as index", manifest: manifest(), type: MediaType.index),
    Lie(name: "says index, comes as manifest", manifest: index([])),
    Lie(name: "says OCI, comes as Docker's", manifest: manifest(), type: MediaType.dockerManifest),
    Lie(name: "an unknown type", manifest: manifest(type: nil), type: "application/vnd.example+json"),
    Lie(name: "text", manifest: manifest(type: nil), type: "text/html"),
    Lie(name: "an artifact", manifest: manifest(config: part("application/vnd.cncf.helm.config.v1+json", config))),
    Lie(name: "a layer of an unknown type", manifest: manifest(layers: [part("application/x-tar", layer)])),
    Lie(name: "layer packed otherwise", manifest: manifest(layers: [part(MediaType.layer + "+gzip", layer)])),
    Lie(name: "layer packed with zstd that is not", manifest: manifest(layers: [part(MediaType.layer + "+zstd", layer)])),
    Lie(name: "more layers than the config has", manifest: manifest(layers: [part(MediaType.layer, layer), part(MediaType.layer, other)])),
    Lie(name: "fewer layers than the config has", manifest: manifest(layers: [])),
    Lie(name: "another layer than the config has", manifest: manifest(layers: [part(MediaType.layer, other)])),
    Lie(
      name: "layer of other content", manifest: manifest(),
      blobs: [blob(layer, as: other + [UInt8](repeating: 0, count: layer.count - other.count))]),
    Lie(name: "layer larger than said", manifest: manifest(layers: [part(MediaType.layer, layer, size: layer.count - 1)])),
    Lie(name: "layer smaller than said", manifest: manifest(layers: [part(MediaType.layer, layer, size: layer.count + 1)])),
    Lie(name: "layer of negative size", manifest: manifest(layers: [part(MediaType.layer, layer, size: -1)])),
    Lie(name: "config of other content", manifest: manifest(), blobs: [blob(config, as: SavedImageTests.configuration([other]))]),
    Lie(name: "config larger than said", manifest: manifest(config: part(MediaType.config, config, size: 10))),
    Lie(
      name: "config of another number of layers", manifest: manifest(config: part(MediaType.config, SavedImageTests.configuration([]))),
      blobs: [blob(SavedImageTests.configuration([]), as: SavedImageTests.configuration([]))]),
    Lie(
      name: "a digest that is a path", manifest: manifest(layers: [part(MediaType.layer, layer, digest: "sha256:../../../../etc/passwd")])),
    Lie(
      name: "a digest of another algorithm",
      manifest: manifest(layers: [part(MediaType.layer, layer, digest: "md5:d41d8cd98f00b204e9800998ecf8427e")])),
    Lie(
      name: "an index in an index",
      manifest: index([part(MediaType.index, Array(index([]).utf8), more: platform)]), type: MediaType.index,
      blobs: [("manifests/\(ContentHash.of(Array(index([]).utf8)))", Array(index([]).utf8))]),
    Lie(
      name: "an index whose part is another's",
      manifest: index([part(MediaType.manifest, Array(manifest().utf8), more: platform)]), type: MediaType.index,
      blobs: [("manifests/\(ContentHash.of(Array(manifest().utf8)))", Array(manifest(more: " ").utf8))]),
    Lie(
      name: "an index whose part has another size",
      manifest: index([part(MediaType.manifest, Array(manifest().utf8), size: 7, more: platform)]), type: MediaType.index,
      blobs: [("manifests/\(ContentHash.of(Array(manifest().utf8)))", Array(manifest().utf8))]),
    Lie(
      name: "an index whose part is of another type",
      manifest: index([part(MediaType.dockerManifest, Array(manifest().utf8), more: platform)]), type: MediaType.index,
      blobs: [("manifests/\(ContentHash.of(Array(manifest().utf8)))", Array(manifest().utf8))]),
    Lie(name: "no JSON", manifest: "<html>"),
    Lie(name: "depth", manifest: String(repeating: "[", count: 1_000_000)),
    Lie(name: "depth inside", manifest: manifest(more: #","annotations":"# + String(repeating: #"{"a":"#, count: 500_000))),
  ]

  @Test(arguments: lies) func liesAreRefusedAndLeaveNothing(_ lie: Lie) async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put("/v2/x/blobs/\(ContentHash.of(Self.layer))", Self.layer)
    registry.put("/v2/x/blobs/\(ContentHash.of(Self.other))", Self.other)
    registry.put("/v2/x/blobs/\(ContentHash.of(Self.config))", Self.config)
    for (path, bytes) in lie.blobs { registry.put("/v2/x/" + path, bytes, MediaType.manifest) }
    let manifest = Array(lie.manifest.utf8)
    registry.answer { asked in
      guard asked.path == "/v2/x/manifests/1" else { return nil }
      return .init(headers: lie.headers + [("Content-Type", lie.type)], body: manifest)
    }
    let error = await #expect(throws: RegistryError.self) {
      try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    }
    #expect(error?.kind == .invalid || error?.kind == .notFound, "\(String(describing: error))")
    #expect(await store.list().isEmpty)
    for directory in ["partial", "temp", "layers", "layer-facts"] {
      #expect(try Descriptor.open(fixture.images + "/" + directory, O_RDONLY | O_DIRECTORY).entries().isEmpty, "\(directory)")
    }
    await registry.close()
  }

  @Test func whatIsRightIsPulled() async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer, Self.other])
    let pulled = try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    #expect(pulled.isNew && pulled.image.references == ["\(registry.name)/x:1"])
    let root = try fixture.view(pulled.image, store)
    #expect(try root.read("etc/a", limit: 100) == Array("upper a".utf8))
    let count = registry.asked.count
    let pulledAgain = try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    #expect(!pulledAgain.isNew)
    // The probe of TLS never becomes a request; the manifest alone is asked for again.
    #expect(registry.asked.count == count + 1)
    await registry.close()
  }

  /// S33: what is too large is refused before it is read.
  @Test(arguments: ["manifest", "endless manifest", "config", "endless config"]) func giantsAreRefused(_ what: String) async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let size = what.hasSuffix("config") ? 1 << 30 : Self.config.count
    registry.put(
      "/v2/x/manifests/1",
      Array(Self.manifest(config: Self.part(MediaType.config, Self.config, size: what == "config" ? size : 8 << 20)).utf8),
      MediaType.manifest)
    registry.answer { asked in
      switch (what, asked.path.contains("/manifests/"), asked.path.contains("/blobs/")) {
      case ("manifest", true, _): .init(headers: [("Content-Type", MediaType.manifest)], body: [UInt8](repeating: 32, count: (4 << 20) + 1))
      case ("endless manifest", true, _): .init(headers: [("Content-Type", MediaType.manifest)], isEndless: true)
      case ("endless config", _, true): .init(isEndless: true)
      default: nil
      }
    }
    let error = await #expect(throws: RegistryError.self) {
      try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    }
    #expect(error?.kind == .invalid, "\(String(describing: error))")
    #expect(await store.list().isEmpty)
    await registry.close()
  }

  /// S38: a layer that hardly comes, and one without end.
  @Test func aLayerWithoutEndIsRefused() async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    let path = "/v2/x/blobs/\(ContentHash.of(Self.layer))"
    registry.answer { $0.path == path ? .init(isEndless: true) : nil }
    let error = await #expect(throws: RegistryError.self) {
      try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    }
    #expect(error?.kind == .invalid)
    await registry.close()
  }

  @Test func aLayerThatHardlyComesIsGivenUpAndGoneOnWith() async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    let path = "/v2/x/blobs/\(ContentHash.of(Self.layer))"
    registry.answer { asked in
      guard asked.path == path else { return nil }
      var reply = MockRegistry.content(Self.layer, "application/octet-stream", asked)
      reply.trickle = 2
      return reply
    }
    var policy = RetryPolicy.quick
    policy.slowWindow = .milliseconds(40)
    policy.fruitlessTries = 3
    // Every try brings a few bytes, so that the count begins anew; the whole ends when somebody has had enough.
    let task = Task { [policy] in try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: policy)) }
    while registry.asked.filter({ $0.headers.contains(name: "Range") }).count < 3 { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    registry.answer { _ in nil }
    let pulled = try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    #expect(pulled.isNew)
    let last = try #require(registry.asked.last { $0.path == path })
    #expect(last.headers.first(name: "Range") != nil)
    await registry.close()
  }
}
