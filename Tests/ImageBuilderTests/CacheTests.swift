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

  // MARK: Where it goes and comes from

  @Test(arguments: [("min", ["tool"]), ("max", [])]) func aDirectoryHasWhatWasMade(mode: String, ran: [String]) async throws {
    let fixture = try await fixture()
    let first = try await fixture.build(Self.stages) { $0.writes(fixture.cache(.writing, ["mode": mode])) }
    #expect(fixture.sandbox.ran == ["tool", "last", "nothing"])
    #expect(fixture.lines.contains("exporting cache to directory \(fixture.path)/cache"), "\(fixture.lines)")
    try await fixture.forgetBuilds()
    let second = try await fixture.build(Self.stages) { $0.reads(fixture.cache(.reading)) }
    #expect(fixture.sandbox.ran == ran)
    #expect(second.id == first.id && second.layers == first.layers)
    #expect(fixture.lines.count { $0 == "CACHED" } == 4 - ran.count, "\(fixture.lines)")
    #expect(!fixture.lines.contains { $0.hasPrefix("[Warning]") }, "\(fixture.lines)")
    // Everything of it is as one that was made here: it can be packed, saved and looked through.
    #expect(try await fixture.store.verify(use: { _ in nil }).damage.isEmpty)
    #expect(try fixture.names("images/temp") == [])
  }

  @Test func severalCachesAreInOneDirectory() async throws {
    let fixture = try await fixture()
    for (tag, text) in [("one", "FROM base:1\nRUN one"), ("two", "FROM base:1\nRUN two"), ("one", "FROM base:1\nRUN three")] {
      try await fixture.build(text) { $0.writes(fixture.cache(.writing, ["tag": tag])) }
    }
    try await fixture.forgetBuilds()
    try await fixture.build("FROM base:1\nRUN two\nRUN three") { spec in
      spec.reads(fixture.cache(.reading, ["tag": "none"]), fixture.cache(.reading, ["tag": "two"]))
    }
    #expect(fixture.sandbox.ran == ["three"])
    #expect(fixture.warnings == ["the cache \(fixture.path)/cache is not used: \(fixture.path)/cache has no cache with the tag none"])
    fixture.sandbox.forget()
    // The later one of that tag, by its tag and by its digest.
    let index = try Layout(fixture.path + "/cache").index
    let digest = try #require(index.manifests.last { $0.annotations?["org.opencontainers.image.ref.name"] == "one" }?.digest)
    try await fixture.build("FROM base:1\nRUN three") { $0.reads(fixture.cache(.reading, ["digest": digest.description])) }
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
      #expect(second.id == first.id && second.layers == first.layers)
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
      spec.reads(fixture.cache(.reading))
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
    try await fixture.build(Self.stages) { $0.reads(fixture.cache(.reading)) }
    #expect(fixture.sandbox.ran == ["tool", "last", "nothing"])
    #expect(fixture.warnings.count == 1 && fixture.warnings[0].contains("is an image without a cache in it"), "\(fixture.warnings)")
  }

  /// Whoever can write to a cache could say anything of any step: it counts for who names it, and for them also when it is away.
  @Test func whatACacheSaysCountsForThoseWhoNameIt() async throws {
    let fixture = try await fixture()
    let text = "FROM base:1\nRUN one"
    let first = try await fixture.build(text) { $0.writes(fixture.cache(.writing)) }
    try await fixture.forgetBuilds()
    try await fixture.build(text) { $0.reads(fixture.cache(.reading)) }
    #expect(fixture.sandbox.ran == [])
    try removeAll(fixture.path + "/cache")
    #expect(try await fixture.build(text) { $0.reads(fixture.cache(.reading)) }.id == first.id)
    #expect(fixture.sandbox.ran == [] && fixture.warnings.count == 1)
    let own = try await fixture.build(text)
    #expect(fixture.sandbox.ran == ["one"] && own.id != first.id)
  }

  @Test func withoutCacheNoneIsRead() async throws {
    let fixture = try await fixture()
    try await fixture.build("FROM base:1\nRUN one") { $0.writes(fixture.cache(.writing)) }
    try await fixture.forgetBuilds()
    try await fixture.build("FROM base:1\nRUN one") { spec in
      spec.reads(fixture.cache(.reading))
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
      try await fixture.build("FROM base:1\nRUN one") { $0.writes(fixture.cache(.writing)) }
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
    spec.writes(fixture.cache(.writing, ["mode": "max"]))
    _ = try await ImageBuilder(store: fixture.store, sandbox: fixture.sandbox).build(
      spec, references: [try ImageReference("out")], secret: { _ in Array("secret-hush".utf8) })
    let layout = Layout(fixture.path + "/cache")
    let manifest = try layout.manifest
    let list = try layout.text(manifest.config)
    #expect(list.contains("\"records\"") && !list.contains("hush"))
    #expect(manifest.config.mediaType == "application/vnd.muster.build.cache.v1+json")
    #expect(manifest.layers.map(\.mediaType) == ["application/vnd.oci.image.layer.v1.tar+gzip"])
    // Another secret is the same step; another argument is not.
    try await fixture.forgetBuilds()
    spec.requests = .reading([fixture.cache(.reading)])
    for (argument, ran) in [("argument-hush", 0), ("another", 1)] {
      spec.arguments["TOKEN"] = argument
      _ = try await ImageBuilder(store: fixture.store, sandbox: fixture.sandbox).build(
        spec, references: [try ImageReference("out")], secret: { _ in Array("other".utf8) })
      #expect(fixture.sandbox.ran.count == ran)
    }
  }
}
