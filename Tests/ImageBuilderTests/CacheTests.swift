import Foundation
import Glibc
import ImageBuilder
import ImageStore
import LinuxKit
import OCI
import StackModel
import Synchronization
import TestSupport
import Testing

/// `cache_from` and `cache_to`: what a build has made, kept elsewhere.
@Suite struct CacheTests {
  static let stages = "FROM base:1 AS tools\nRUN tool\nFROM base:1\nCOPY --from=tools /ran /tool\nRUN last\nRUN nothing"

  private func fixture() async throws -> BuildFixture {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    fixture.sandbox.action.withLock {
      $0 = { command, root in
        let words = command.arguments.joined(separator: " ")
        if words.hasSuffix("nothing") { return 0 }
        try root.removeAll("ran")
        try root.createFile("ran").writeAll(words + "\n")
        return 0
      }
    }
    return fixture
  }

  private func local(_ use: CachePlace.Use, _ fixture: BuildFixture, _ more: [String: String] = [:]) -> CachePlace {
    let key = use == .reading ? "src" : "dest"
    return CachePlace(type: "local", options: more.merging([key: fixture.path + "/cache"]) { $1 })
  }

  // MARK: Where it goes and comes from

  @Test(arguments: [("min", ["tool"]), ("max", [])]) func aDirectoryHasWhatWasMade(mode: String, ran: [String]) async throws {
    let fixture = try await fixture()
    let first = try await fixture.build(Self.stages) { $0.writes(local(.writing, fixture, ["mode": mode])) }
    #expect(fixture.sandbox.ran == ["tool", "last", "nothing"])
    #expect(fixture.lines.contains("exporting cache to directory \(fixture.path)/cache"), "\(fixture.lines)")
    try await fixture.forgetBuilds()
    let second = try await fixture.build(Self.stages) { $0.reads(local(.reading, fixture)) }
    #expect(fixture.sandbox.ran == ran)
    #expect(second == first)
    #expect(fixture.lines.count { $0 == "CACHED" } == 4 - ran.count, "\(fixture.lines)")
    #expect(!fixture.lines.contains { $0.hasPrefix("[Warning]") }, "\(fixture.lines)")
    // Everything of it is as one that was made here: it can be packed, saved and looked through.
    #expect(try await fixture.store.verify(use: { _ in nil }).damage.isEmpty)
    #expect(try fixture.names("images/temp") == [])
  }

  @Test func severalCachesAreInOneDirectory() async throws {
    let fixture = try await fixture()
    for (tag, text) in [("one", "FROM base:1\nRUN one"), ("two", "FROM base:1\nRUN two"), ("one", "FROM base:1\nRUN three")] {
      try await fixture.build(text) { $0.writes(local(.writing, fixture, ["tag": tag])) }
    }
    try await fixture.forgetBuilds()
    try await fixture.build("FROM base:1\nRUN two\nRUN three") { spec in
      spec.reads(local(.reading, fixture, ["tag": "none"]), local(.reading, fixture, ["tag": "two"]))
    }
    #expect(fixture.sandbox.ran == ["three"])
    #expect(fixture.warnings == ["the cache \(fixture.path)/cache is not used: \(fixture.path)/cache has no cache with the tag none"])
    fixture.sandbox.forget()
    // The later one of that tag, by its tag and by its digest.
    let index = try Layout(fixture.path + "/cache").index
    let digest = try #require(index.manifests.last { $0.annotations?["org.opencontainers.image.ref.name"] == "one" }?.digest)
    try await fixture.build("FROM base:1\nRUN three") { $0.reads(local(.reading, fixture, ["digest": digest.description])) }
    #expect(fixture.sandbox.ran == [])
  }

  @Test(.enabled(if: RegistryOfOurOwn.isInstalled, "docker-registry is not installed"), arguments: ["min", "max"])
  func aRegistryHasWhatWasMade(mode: String) async throws {
    let fixture = try await fixture()
    try await RegistryOfOurOwn.with(TemporaryDirectory("registry")) { host, _ in
      let place = CachePlace(type: "registry", options: ["ref": "\(host)/shop/cache:1"])
      let written = CachePlace(type: "registry", options: ["ref": "\(host)/shop/cache:1", "mode": mode])
      let first = try await fixture.build(Self.stages) { $0.writes(written) }
      let manifest = try #require(fixture.lines.first { $0.hasPrefix("writing cache manifest sha256:") })
      try await fixture.forgetBuilds()
      // What is first in the list and has nothing to say is no hindrance.
      let second = try await fixture.build(Self.stages) { $0.reads(CachePlace(type: "registry", options: ["ref": "\(host)/none"]), place) }
      #expect(fixture.sandbox.ran == (mode == "max" ? [] : ["tool"]))
      #expect(second == first)
      #expect(fixture.warnings.count == 1 && fixture.warnings[0].hasPrefix("the cache \(host)/none:latest is not used:"))
      #expect(fixture.lines.contains("importing cache manifest from \(host)/shop/cache:1"))
      // Written again, it is the same.
      try await fixture.build(Self.stages) { spec in
        spec.reads(place)
        spec.writes(written)
      }
      #expect(fixture.lines.contains(manifest), "\(fixture.lines)")
    }
  }

  @Test func anImageIsItsOwnCache() async throws {
    let fixture = try await fixture()
    let plain = try await fixture.build(Self.stages)
    let inline = try await fixture.build(Self.stages) { $0.writes(CachePlace(type: "inline")) }
    #expect(inline.id != plain.id && inline.layers == plain.layers)
    let name = fixture.path + "/cache"
    try await fixture.store.save(["out"], as: .oci, directory: name)
    try await fixture.forgetBuilds()
    let again = try await fixture.build(Self.stages) { spec in
      spec.reads(local(.reading, fixture))
      spec.requests?.cacheTo = [CachePlace(type: "inline")]
    }
    #expect(again.id == inline.id)
    #expect(fixture.sandbox.ran == ["tool"])
    // One that says nothing of itself.
    try await fixture.forgetBuilds()
    try await fixture.build(Self.stages)
    try removeAll(name)
    try await fixture.store.save(["out"], as: .oci, directory: name)
    try await fixture.forgetBuilds()
    try await fixture.build(Self.stages) { $0.reads(local(.reading, fixture)) }
    #expect(fixture.sandbox.ran == ["tool", "last", "nothing"])
    #expect(fixture.warnings.count == 1 && fixture.warnings[0].contains("is an image without a cache in it"), "\(fixture.warnings)")
  }

  /// Whoever can write to a cache could say anything of any step: it counts for who names it, and for them also when it is away.
  @Test func whatACacheSaysCountsForThoseWhoNameIt() async throws {
    let fixture = try await fixture()
    let text = "FROM base:1\nRUN one"
    let first = try await fixture.build(text) { $0.writes(local(.writing, fixture)) }
    try await fixture.forgetBuilds()
    try await fixture.build(text) { $0.reads(local(.reading, fixture)) }
    #expect(fixture.sandbox.ran == [])
    try removeAll(fixture.path + "/cache")
    #expect(try await fixture.build(text) { $0.reads(local(.reading, fixture)) } == first)
    #expect(fixture.sandbox.ran == [] && fixture.warnings.count == 1)
    let own = try await fixture.build(text)
    #expect(fixture.sandbox.ran == ["one"] && own != first)
  }

  @Test func withoutCacheNoneIsRead() async throws {
    let fixture = try await fixture()
    try await fixture.build("FROM base:1\nRUN one") { $0.writes(local(.writing, fixture)) }
    try await fixture.forgetBuilds()
    try await fixture.build("FROM base:1\nRUN one") { spec in
      spec.reads(local(.reading, fixture))
      spec.noCache = true
    }
    #expect(fixture.sandbox.ran == ["one"])
    #expect(!fixture.lines.contains { $0.hasPrefix("importing") })
  }

  // MARK: What does not go

  @Test func whatCannotBeReadIsToldAndPassedOver() async throws {
    let fixture = try await fixture()
    let port = try freePort()
    try fixture.write("foreign/index.json", Self.buildKitsIndex(ContentHash.of(Array(Self.buildKitsCache.utf8))))
    try fixture.write("foreign/blobs/sha256/" + ContentHash.of(Array(Self.buildKitsCache.utf8)).hex, Self.buildKitsCache)
    try fixture.write("empty/x", "")
    let places = [
      CachePlace(type: "registry", options: ["ref": "127.0.0.1:\(port)/shop/cache"]),
      CachePlace(type: "local", options: ["src": fixture.path + "/none"]),
      CachePlace(type: "local", options: ["src": fixture.path + "/empty"]),
      CachePlace(type: "local", options: ["src": fixture.path + "/foreign"]),
      CachePlace(type: "gha", options: ["token": "hush"]),
    ]
    try await fixture.build("FROM base:1\nRUN one") { $0.requests = .reading(places) }
    #expect(fixture.sandbox.ran == ["one"])
    let said = fixture.warnings
    #expect(said.count == 5, "\(said)")
    #expect(said.first == "cache_from type=gha has no effect: there are no caches of that type")
    #expect(
      said.contains { $0.contains("127.0.0.1:\(port)/shop/cache:latest is not used: the registry 127.0.0.1:\(port) cannot be reached") })
    #expect(said.count { $0.contains("/none is not used: ") || $0.contains("/empty is not used: ") } == 2)
    #expect(said.contains { $0.contains("/foreign is not used: ") && $0.contains("is a cache in BuildKit's own format") })
    #expect(!fixture.lines.contains { $0.contains("hush") })
  }

  private static let buildKitsCache = """
    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":\
    "application/vnd.buildkit.cacheconfig.v0","digest":"sha256:\(String(repeating: "1", count: 64))","size":10}]}
    """

  private static func buildKitsIndex(_ digest: Digest) -> String {
    """
    {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"\(digest)","size":\
    \(buildKitsCache.utf8.count),"annotations":{"org.opencontainers.image.ref.name":"latest"}}]}
    """
  }

  @Test func aCacheThatCannotBeWrittenFailsTheBuild() async throws {
    let fixture = try await fixture()
    let port = try freePort()
    try fixture.write("file", "")
    for place in [
      CachePlace(type: "registry", options: ["ref": "127.0.0.1:\(port)/shop/cache"]),
      CachePlace(type: "local", options: ["dest": fixture.path + "/file"]),
    ] {
      let error = await #expect(throws: BuildError.self) { try await fixture.build("FROM base:1\nRUN one") { $0.writes(place) } }
      #expect(error?.message.hasPrefix("the cache cannot be written to ") == true)
      // The image is there, and what was made counts.
      #expect(await fixture.store.resolve("out") != nil)
      var forgiving = place
      forgiving.options["ignore-error"] = "true"
      try await fixture.build("FROM base:1\nRUN one") { $0.writes(forgiving) }
      #expect(fixture.warnings.count == 1 && fixture.warnings[0].hasPrefix("the cache cannot be written to "))
    }
    #expect(fixture.sandbox.ran == ["one"])
    // Nothing of others is written over.
    try fixture.write("cache/index.json", "mine")
    let error = await #expect(throws: BuildError.self) {
      try await fixture.build("FROM base:1\nRUN one") { $0.writes(local(.writing, fixture)) }
    }
    #expect(error?.message.contains("index.json is none of an OCI layout") == true)
    #expect(try fixture.names("cache") == ["index.json"])
    #expect(try fixture.names("images/temp") == [])
  }

  @Test(arguments: [
    CachePlace(type: "registry", options: [:]), CachePlace(type: "local", options: ["src": "relative"]),
    CachePlace(type: "registry", options: ["ref": "Upper"]),
  ]) func whatIsWrittenWronglyIsRefusedAtOnce(place: CachePlace) async throws {
    let fixture = try await fixture()
    await #expect(throws: BuildError.self) { try await fixture.build("FROM base:1\nRUN one") { $0.reads(place) } }
    #expect(fixture.sandbox.ran == [])
  }

  @Test func noSecretIsInWhatIsWritten() async throws {
    let fixture = try await fixture()
    let text = "FROM base:1\nARG TOKEN\nRUN --mount=type=secret,id=key one"
    var spec = BuildSpec(context: fixture.context, inlineDockerfile: text, arguments: ["TOKEN": "argument-hush"])
    spec.options = BuildOptions()
    spec.options?.secrets = ["key": FileGrant(source: "key", target: "/run/secrets/key")]
    spec.writes(local(.writing, fixture, ["mode": "max"]))
    _ = try await ImageBuilder(store: fixture.store, sandbox: fixture.sandbox).build(
      spec, references: [try ImageReference("out")], secret: { _ in Array("secret-hush".utf8) })
    let layout = try Layout(fixture.path + "/cache")
    let manifest = try layout.manifest
    let list = try layout.text(manifest.config)
    #expect(list.contains("\"records\"") && !list.contains("hush"))
    #expect(manifest.config.mediaType == "application/vnd.muster.build.cache.v1+json")
    #expect(manifest.layers.map(\.mediaType) == ["application/vnd.oci.image.layer.v1.tar+gzip"])
    // Another secret is the same step; another argument is not.
    try await fixture.forgetBuilds()
    spec.requests = .reading([local(.reading, fixture)])
    for (argument, ran) in [("argument-hush", 0), ("another", 1)] {
      spec.arguments["TOKEN"] = argument
      _ = try await ImageBuilder(store: fixture.store, sandbox: fixture.sandbox).build(
        spec, references: [try ImageReference("out")], secret: { _ in Array("other".utf8) })
      #expect(fixture.sandbox.ran.count == ran)
    }
  }

  // MARK: Caches of the worst kind

  enum Attack: String, CaseIterable {
    case changedLayer, shortLayer, linkedLayer, pipeForALayer, otherLayer, layerTooMany, changedList, longList, anotherVersion,
      anotherPlatform
    case wildTime, wildLayer, negativeSize, notAManifest, bothIndexAndManifest, listIsALink
  }

  @Test(arguments: Attack.allCases) func aHostileCacheIsRefused(attack: Attack) async throws {
    let fixture = try await fixture()
    let text = "FROM base:1\nRUN one\nRUN two"
    try await fixture.build(text) { $0.writes(local(.writing, fixture)) }
    try await fixture.forgetBuilds()
    let layout = try Layout(fixture.path + "/cache")
    try layout.carryOut(attack)
    try await fixture.build(text) { $0.reads(local(.reading, fixture)) }
    #expect(fixture.sandbox.ran == ["one", "two"], "\(attack)")
    #expect(fixture.warnings.count == 1 && fixture.warnings[0].contains("is not used"), "\(attack): \(fixture.warnings)")
    #expect(!fixture.warnings[0].contains("\u{1B}"))
    #expect(try fixture.names("images/temp") == [])
    #expect(try await fixture.store.verify(use: { _ in nil }).damage.isEmpty)
  }
}

/// An OCI layout with a cache, to be changed.
private struct Layout {
  let path: String
  init(_ path: String) throws { self.path = path }

  func file(_ digest: Digest) -> String { path + "/blobs/sha256/" + digest.hex }
  func text(_ descriptor: ContentDescriptor) throws -> String { String(decoding: try bytes(file(descriptor.digest)), as: UTF8.self) }
  private func bytes(_ path: String) throws -> [UInt8] { try Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 24) }
  private func write(_ bytes: [UInt8], to path: String) throws {
    unlink(path)
    try Descriptor.open(path, O_CREAT | O_TRUNC | O_WRONLY, mode: 0o644).writeAll(bytes)
  }

  var index: ImageIndex { get throws { try JSONDecoder().decode(ImageIndex.self, from: Data(try bytes(path + "/index.json"))) } }
  var manifest: ImageManifest {
    get throws {
      let descriptor = try #require(try index.manifests.last)
      return try JSONDecoder().decode(ImageManifest.self, from: Data(try bytes(file(descriptor.digest))))
    }
  }

  /// Writes another manifest; what leads to it has its digest.
  private func put(_ manifest: ImageManifest) throws { try putManifest(Array(try JSONEncoder().encode(manifest))) }

  private func putManifest(_ bytes: [UInt8]) throws {
    var index = try index
    index.manifests[index.manifests.count - 1].digest = ContentHash.of(bytes)
    index.manifests[index.manifests.count - 1].size = Int64(bytes.count)
    try write(bytes, to: file(ContentHash.of(bytes)))
    try write(Array(try JSONEncoder().encode(index)), to: path + "/index.json")
  }

  /// Changes the list as JSON; what leads to it has its digest.
  private func changeList(_ change: (inout [String: Any]) throws -> Void) throws {
    var manifest = try manifest
    var list = try #require(try JSONSerialization.jsonObject(with: Data(try bytes(file(manifest.config.digest)))) as? [String: Any])
    try change(&list)
    let bytes = Array(try JSONSerialization.data(withJSONObject: list))
    manifest.config.digest = ContentHash.of(bytes)
    manifest.config.size = Int64(bytes.count)
    try write(bytes, to: file(manifest.config.digest))
    try put(manifest)
  }

  private func changeRecords(_ change: (inout [String: Any]) -> Void) throws {
    try changeList { list in
      var records = try #require(list["records"] as? [[String: Any]])
      for index in records.indices { change(&records[index]) }
      list["records"] = records
    }
  }

  func carryOut(_ attack: CacheTests.Attack) throws {
    var manifest = try manifest
    let first = file(manifest.layers[0].digest)
    let list = file(manifest.config.digest)
    switch attack {
    case .changedLayer:
      var content = try bytes(first)
      content[content.count / 2] ^= 1
      try write(content, to: first)
    case .shortLayer: try write(try bytes(first).dropLast(), to: first)
    case .linkedLayer:
      unlink(first)
      try check(symlink("/etc/passwd", first))
    case .pipeForALayer:
      unlink(first)
      try check(mkfifo(first, 0o644))
    case .otherLayer:
      manifest.layers.swapAt(0, 1)
      try put(manifest)
    case .layerTooMany:
      manifest.layers.append(manifest.layers[0])
      try put(manifest)
    case .changedList: try write(try bytes(list) + [0x20], to: list)
    case .longList:
      manifest.config.size = 1 << 40
      try put(manifest)
    case .anotherVersion: try changeList { $0["version"] = 2 }
    case .anotherPlatform: try changeList { $0["architecture"] = "s390x" }
    case .wildTime: try changeRecords { $0["created"] = "\u{1B}[2J a long time ago" }
    case .wildLayer: try changeRecords { $0["layer"] = "sha256:" + String(repeating: "0", count: 64) }
    case .negativeSize:
      manifest.layers[0].size = -1
      try put(manifest)
    case .notAManifest: try putManifest(Array("{\"schemaVersion\":2}".utf8))
    case .bothIndexAndManifest:
      let digest = try #require(try index.manifests.last?.digest)
      let text = String(decoding: try bytes(file(digest)), as: UTF8.self)
      try putManifest(Array((text.dropLast() + ",\"manifests\":[]}").utf8))
    case .listIsALink:
      unlink(list)
      try check(symlink("/etc/passwd", list))
    }
  }
}

extension BuildSpec {
  fileprivate mutating func reads(_ places: CachePlace...) { requests = .reading(places) }
  fileprivate mutating func writes(_ places: CachePlace...) {
    var requests = requests ?? BuildRequests()
    requests.cacheTo = places
    self.requests = requests
  }
}

extension BuildRequests {
  fileprivate static func reading(_ places: [CachePlace]) -> BuildRequests {
    var requests = BuildRequests()
    requests.cacheFrom = places
    return requests
  }
}

extension BuildFixture {
  /// What the last build was told that does not go as asked.
  fileprivate var warnings: [String] {
    lines.compactMap { $0.hasPrefix("[Warning] ") ? String($0.dropFirst("[Warning] ".count)) : nil }
  }

  /// Leaves nothing of builds but what they wrote elsewhere, and the base.
  fileprivate func forgetBuilds() async throws {
    for image in await store.list() where !image.references.contains("base:1") {
      _ = try await store.remove(image.id.description, force: true) { _ in nil }
    }
    _ = try await store.removeUnusedLayers()
    try Descriptor.open(store.cacheDirectory, O_RDONLY | O_DIRECTORY).removeContents()
    sandbox.forget()
  }
}

private func removeAll(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }
