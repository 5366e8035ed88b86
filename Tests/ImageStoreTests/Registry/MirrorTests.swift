import NIOHTTP1
import OCI
import Testing

@testable import ImageStore

/// `registry-mirrors`: asked before Docker Hub, for its images alone, and trusted with nothing.
@Suite(.timeLimit(.minutes(10))) struct MirrorTests {
  static let layer = SavedImageTests.lower

  /// A mirror and a place that stands for Docker Hub.
  private struct Places {
    let mirror: MockRegistry
    let hub: MockRegistry
    let fixture: StoreFixture
    let store: ImageStore
    var options: PullOptions

    init(prefix: String = "") async throws {
      mirror = try await MockRegistry()
      hub = try await MockRegistry()
      fixture = try StoreFixture()
      store = try fixture.open()
      options = PullOptions(policy: .quick)
      options.configuration.mirrors = ["http://\(mirror.name)\(prefix)"]
      options.configuration.hub = RegistryEndpoint(registry: "docker.io", host: "127.0.0.1", port: hub.port, scheme: .http)
    }

    func pull(_ name: String = "web:1") async throws -> PulledImage { try await store.pull(try ImageReference(name), options) }

    func end() async {
      await mirror.close()
      await hub.close()
    }
  }

  @Test func theMirrorIsAskedFirst() async throws {
    let places = try await Places()
    places.mirror.put(image: "library/web", "1", [Self.layer])
    places.hub.put(image: "library/web", "1", [SavedImageTests.upper])
    let pulled = try await places.pull()
    #expect(pulled.image.references == ["web:1"] && pulled.notes.isEmpty)
    #expect(!places.mirror.asked.isEmpty && places.hub.asked.isEmpty)
    await places.end()
  }

  /// Images of other registries and pushes never go there.
  @Test func itMirrorsDockerHubAlone() async throws {
    var places = try await Places()
    let other = try await MockRegistry()
    other.put(image: "library/web", "1", [Self.layer])
    _ = try await places.pull("\(other.name)/library/web:1")
    let saved = try places.fixture.write("saved.tar", SavedImageTests.dockerArchive([Self.layer]))
    _ = try await places.store.importImage(path: saved, reference: try ImageReference("team/web:1"))
    places.hub.answer { asked in
      switch asked.method {
      case "HEAD": .init(status: 404)
      case "POST": .init(status: 202, headers: [("Location", "/v2/team/web/blobs/uploads/1")])
      case "PATCH": .init(status: 202, headers: [("Location", "/v2/team/web/blobs/uploads/1")])
      case "PUT": .init(status: 201)
      default: nil
      }
    }
    places.options.credentials = ["docker.io": RegistryCredential(username: "me", password: "secret")]
    _ = try await places.store.push(try ImageReference("team/web:1"), places.options)
    #expect(places.mirror.asked.isEmpty && !places.hub.asked.isEmpty)
    await places.end()
    await other.close()
  }

  @Test(arguments: ["has not got it", "is down", "is broken", "gives another manifest", "has not got the layer", "breaks off in the layer"])
  func dockerHubIsAskedWhereAMirrorIsNoHelp(_ how: String) async throws {
    let places = try await Places()
    let (manifest, _) = places.hub.put(image: "library/web", "1", [Self.layer])
    if how != "has not got it" { places.mirror.put(image: "library/web", "1", [Self.layer]) }
    let digest = ContentHash.of(Self.layer).description
    switch how {
    case "is down": await places.mirror.close()
    case "is broken": places.mirror.answer { _ in .init(status: 500, body: Array("no".utf8)) }
    case "gives another manifest":
      places.mirror.answer { asked in
        asked.path.contains("/manifests/") ? .init(headers: [("Content-Type", MediaType.manifest)], body: manifest + [0x0A]) : nil
      }
    case "has not got the layer": places.mirror.answer { $0.path.hasSuffix(digest) ? .init(status: 404) : nil }
    case "breaks off in the layer":
      places.mirror.answer { $0.path.hasSuffix(digest) ? .init(body: Self.layer, cutAfter: 700) : nil }
    default: break
    }
    // By its digest, so that a mirror that has another cannot be right.
    let pulled = try await places.pull("web@\(ContentHash.of(manifest))")
    #expect(pulled.image.config.rootfs.diffIDs == [ContentHash.of(Self.layer)])
    #expect(!places.hub.asked.isEmpty)
    #expect(
      pulled.notes.isEmpty == ["has not got it", "has not got the layer", "breaks off in the layer"].contains(how), "\(pulled.notes)")
    await places.end()
  }

  /// What a tag stands for the mirror says; what a digest stands for nobody does.
  @Test func aLayerThatIsNotItsDigestIsRefused() async throws {
    let places = try await Places()
    for place in [places.mirror, places.hub] { place.put(image: "library/web", "1", [Self.layer]) }
    let digest = ContentHash.of(Self.layer).description
    var wrong = Self.layer
    wrong[wrong.count / 2] ^= 1
    let sent = wrong
    places.mirror.answer { $0.path.hasSuffix(digest) ? .init(body: sent) : nil }
    let before = try places.fixture.outsideState()
    let error = await #expect(throws: (any Error).self) { try await places.pull() }
    #expect(error.map(FetchLayer.isWrong) == true, "\(String(describing: error))")
    #expect(await places.store.resolve(try ImageReference("web:1")) == nil)
    #expect(try places.fixture.outsideState() == before)
    // Nothing of it stays in the way of the right one.
    places.mirror.answer { _ in nil }
    let pulled = try await places.pull()
    #expect(pulled.isNew)
    await places.end()
  }

  /// Neither Docker Hub's password nor the mirror's own, however it asks.
  @Test(arguments: [
    "Basic realm=\"r\"", "Bearer realm=\"http://MIRROR/token\",service=\"s\"", "Bearer realm=\"http://HUB/token\",service=\"s\"",
  ])
  func aMirrorGetsNobodysPassword(_ challenge: String) async throws {
    var places = try await Places()
    places.mirror.put(image: "library/web", "1", [Self.layer])
    places.hub.put(image: "library/web", "1", [Self.layer])
    let header = challenge.replacing("MIRROR", with: places.mirror.name).replacing("HUB", with: places.hub.name)
    places.mirror.answer { asked in
      asked.path == "/token"
        ? .init(status: 401)
        : asked.headers.contains(name: "Authorization") ? nil : .init(status: 401, headers: [("WWW-Authenticate", header)])
    }
    places.hub.answer { asked in
      asked.path == "/token"
        ? .init(status: 401)
        : asked.headers.first(name: "Authorization") == "Basic bWU6c2VjcmV0"
          ? nil : .init(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"r\"")])
    }
    places.options.credentials = [
      "docker.io": RegistryCredential(username: "me", password: "secret"),
      places.mirror.name: RegistryCredential(username: "me", password: "secret"),
    ]
    let pulled = try await places.pull()
    #expect(pulled.isNew && pulled.notes.count == 1)
    #expect(places.mirror.withCredentials.isEmpty && !places.mirror.asked.isEmpty)
    #expect(places.hub.withCredentials.allSatisfy { $0.path != "/token" } && !places.hub.withCredentials.isEmpty)
    await places.end()
  }

  /// `https://host/prefix`, as Docker takes it: everything is below the prefix, also the second page of a list.
  @Test(arguments: ["/hub", "/hub/", "/a/b"]) func aMirrorMayHaveAPath(_ path: String) async throws {
    let places = try await Places(prefix: path)
    let prefix = path.hasSuffix("/") ? String(path.dropLast()) : path
    places.mirror.put(image: "library/web", "1", [Self.layer], prefix: prefix)
    let pulled = try await places.pull()
    #expect(pulled.isNew && places.hub.asked.isEmpty)
    #expect(places.mirror.asked.allSatisfy { $0.path.hasPrefix(prefix + "/v2/library/web/") })
    places.mirror.answer { asked in
      guard asked.path == "\(prefix)/v2/library/web/tags/list" else { return nil }
      return asked.target.contains("last=")
        ? .init(body: Array(#"{"tags":["2"]}"#.utf8))
        : .init(headers: [("Link", "<\(prefix)/v2/library/web/tags/list?last=1>; rel=\"next\"")], body: Array(#"{"tags":["1"]}"#.utf8))
    }
    #expect(try await ImageStore.tags(of: try ImageReference("web"), places.options) == ["1", "2"])
    await places.end()
  }
}
