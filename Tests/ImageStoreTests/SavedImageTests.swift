import Glibc
import ImageStore
import LinuxKit
import OCI
import Testing

/// Saved images made by hand: `docker save`'s form and OCI layouts.
@Suite struct SavedImageTests {
  static let lower = TarBuilder.make { tar in
    tar.directory("etc")
    tar.file("etc/a", "lower a")
    tar.file("etc/b", "lower b")
    tar.directory("var")
    tar.file("var/old", "old")
  }
  static let upper = TarBuilder.make { tar in
    tar.file("etc/a", "upper a")
    tar.file("etc/.wh.b", "")
    tar.directory("var")
    tar.file("var/.wh..wh..opq", "")
    tar.file("var/new", "new")
  }

  static func configuration(_ layers: [[UInt8]], architecture: String = "amd64") -> [UInt8] {
    let ids = layers.map { "\"\(ContentHash.of($0))\"" }.joined(separator: ",")
    return Array(
      #"{"architecture":"\#(architecture)","os":"linux","config":{"Cmd":["sh"],"Env":["A=b"]},"rootfs":{"type":"layers","diff_ids":[\#(ids)]}}"#
        .utf8)
  }

  static func dockerArchive(_ layers: [[UInt8]], tags: String = #"["shop/web:3"]"#, config: [UInt8]? = nil, configName: String? = nil)
    -> [UInt8]
  {
    let config = config ?? configuration(layers)
    let name = configName ?? ContentHash.of(config).hex + ".json"
    return TarBuilder.make { tar in
      tar.entry(name, data: config)
      var names: [String] = []
      for layer in layers {
        let directory = ContentHash.of(layer).hex
        names.append("\"\(directory)/layer.tar\"")
        tar.directory(directory + "/")
        tar.entry("\(directory)/layer.tar", data: layer)
      }
      tar.file("manifest.json", #"[{"Config":"\#(name)","RepoTags":\#(tags),"Layers":[\#(names.joined(separator: ","))]}]"#)
    }
  }

  @Test func dockerArchiveKeepsItsIdAndNames() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let path = try fixture.write("saved.tar", Self.dockerArchive([Self.lower, Self.upper]))
    let report = try await store.importImages(path: path, reference: nil)
    #expect(report.form == .dockerArchive)
    let image = try #require(report.images.first)
    #expect(image.id == ContentHash.of(Self.configuration([Self.lower, Self.upper])))
    #expect(image.references == ["shop/web:3"])
    #expect(image.config.config?.cmd == ["sh"])
    #expect(image.layers == [Self.upper, Self.lower].map { String(ContentHash.of($0).hex.prefix(26)) })
    let root = try fixture.view(image, store)
    #expect(try root.read("etc/a", limit: 100) == Array("upper a".utf8))
    #expect(try !root.contains("etc/b"))
    #expect(try !root.contains("var/old"))
    #expect(try root.contains("var/new"))
    // A name of one's own instead.
    let named = try await store.importImage(path: path, reference: try ImageReference("mine"))
    #expect(named.id == image.id && named.references == ["mine:latest", "shop/web:3"])
  }

  /// Who writes such archives calls things as he likes: jib, crane and ko, and anybody.
  @Test(arguments: [
    ("config.json", "HEX.tar.gz"), ("sha256:HEX", "HEX.tar.gz"), ("some/config", "layers/HEX/layer.tar"),
  ])
  func otherProgramsArchivesAreLoaded(configName: String, layerName: String) async throws {
    func named(_ pattern: String, _ bytes: [UInt8]) -> String {
      let parts = pattern.split(separator: "HEX", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 ? parts[0] + ContentHash.of(bytes).hex + parts[1] : pattern
    }
    let config = Self.configuration([Self.lower, Self.upper])
    let archive = TarBuilder.make { tar in
      tar.entry(named(configName, config), data: config)
      // Whose a layer's file is in the archive is nobody's matter, nor that it has another name there.
      tar.entry(named(layerName, Self.lower), mode: 0o666, uid: 1000, gid: 1000, data: Self.lower)
      tar.hardLink("again", named(layerName, Self.lower))
      tar.entry(named(layerName, Self.upper), data: Self.upper)
      let layers = [Self.lower, Self.upper].map { "\"" + named(layerName, $0) + "\"" }.joined(separator: ",")
      tar.file("manifest.json", #"[{"Config":"\#(named(configName, config))","RepoTags":["web:1"],"Layers":[\#(layers)]}]"#)
    }
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let report = try await store.load(AsyncStream { $0.yield(archive); $0.finish() })
    let image = try #require(report.images.first)
    #expect(report.form == .dockerArchive && image.id == ContentHash.of(config) && image.references == ["web:1"])
    let root = try fixture.view(image, store)
    #expect(try root.read("etc/a", limit: 100) == Array("upper a".utf8))
    for layer in [Self.lower, Self.upper] {
      let path = fixture.images + "/blobs/sha256/" + ContentHash.of(layer).hex
      let kept = try Descriptor.open(path, O_RDONLY)
      #expect(try kept.readAll(limit: 1 << 20) == layer)
      let status = try kept.status()
      #expect(status.permissions == 0o600 && status.uid == 0 && status.gid == 0)
    }
    // And out again, from what was kept.
    try await SaveTests.save(store, ["web:1"], as: .oci, to: fixture.path + "/out")
    let second = try ImageStore(directory: fixture.path + "/second")
    #expect(try await second.load(path: fixture.path + "/out").images.map(\.id) == [image.id])
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty)
  }

  @Test func layersThatAreHereAreShared() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let first = try await store.importImage(
      path: try fixture.write("1.tar", Self.dockerArchive([Self.lower], tags: #"["one"]"#)), reference: nil)
    let before = try Descriptor.open(store.layersDirectory + "/" + first.layers[0], O_RDONLY).status()
    let second = try await store.importImage(
      path: try fixture.write("2.tar", Self.dockerArchive([Self.lower, Self.upper])), reference: nil)
    #expect(second.layers.last == first.layers[0])
    #expect(try Descriptor.open(store.layersDirectory + "/" + first.layers[0], O_RDONLY).status().inode == before.inode)
  }

  @Test func aLayerTwiceCountsOnce() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let image = try await store.importImage(
      path: try fixture.write("saved.tar", Self.dockerArchive([Self.lower, Self.upper, Self.lower])), reference: nil)
    #expect(image.layers.count == 2)
    #expect(try fixture.view(image, store).read("etc/a", limit: 100) == Array("lower a".utf8))
  }

  @Test(arguments: [
    ("wrong layer", SavedImageTests.dockerArchive([SavedImageTests.lower], config: SavedImageTests.configuration([SavedImageTests.upper]))),
    (
      "more layers in the configuration",
      SavedImageTests.dockerArchive(
        [SavedImageTests.lower], config: SavedImageTests.configuration([SavedImageTests.upper, SavedImageTests.lower]))
    ),
    (
      "configuration under another digest",
      SavedImageTests.dockerArchive([SavedImageTests.lower], configName: String(repeating: "a", count: 64) + ".json")
    ),
    ("configuration is no JSON", SavedImageTests.dockerArchive([SavedImageTests.lower], config: Array("{".utf8))),
    ("bad name", SavedImageTests.dockerArchive([SavedImageTests.lower], tags: #"["../x"]"#)),
    ("manifest names a path outside", TarBuilder.make { $0.file("manifest.json", #"[{"Config":"../../outside/secret","Layers":[]}]"#) }),
    (
      "configuration is a link out",
      TarBuilder.make { tar in
        tar.symlink(String(repeating: "b", count: 64), "/etc/passwd")
        tar.file("manifest.json", #"[{"Config":"\#(String(repeating: "b", count: 64))","Layers":[]}]"#)
      }
    ),
    ("no image", TarBuilder.make { $0.file("manifest.json", "[]") }),
  ])
  func refuses(name: String, bytes: [UInt8]) async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let path = try fixture.write("saved.tar", bytes)
    await #expect(throws: (any Error).self) { try await store.importImages(path: path, reference: nil) }
    #expect(await store.list().isEmpty)
    #expect(try fixture.listing(fixture.images + "/layers").isEmpty)
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty)
  }

  static func layout(_ layers: [[UInt8]], break part: String = "") -> [(String, [UInt8])] {
    var files: [(String, [UInt8])] = [("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))]
    func blob(_ bytes: [UInt8], _ type: String, _ more: String = "") -> String {
      let digest = ContentHash.of(bytes)
      files.append(("blobs/sha256/" + digest.hex, part == type ? bytes + [32] : bytes))
      return #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(bytes.count)\#(more)}"#
    }
    func image(_ architecture: String) -> String {
      let config = blob(configuration(layers, architecture: architecture), MediaType.config)
      let parts = layers.map { blob($0, MediaType.layer) }.joined(separator: ",")
      return blob(
        Array(#"{"schemaVersion":2,"mediaType":"\#(MediaType.manifest)","config":\#(config),"layers":[\#(parts)]}"#.utf8),
        MediaType.manifest,
        #","platform":{"os":"linux","architecture":"\#(architecture)"}"#)
    }
    let index = blob(
      Array(
        #"{"schemaVersion":2,"mediaType":"\#(MediaType.index)","manifests":[\#(image("s390x")),\#(image(Platform.current.architecture))]}"#
          .utf8),
      MediaType.index, #","annotations":{"io.containerd.image.name":"ghcr.io/o/p:1"}"#)
    files.append(("index.json", Array(#"{"schemaVersion":2,"manifests":[\#(index)]}"#.utf8)))
    return files
  }

  @Test func layoutAsArchiveAndAsDirectory() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let files = Self.layout([Self.lower, Self.upper])
    let archive = try fixture.write(
      "layout.tar",
      TarBuilder.make { tar in
        for (name, bytes) in files { tar.entry(name, data: bytes) }
      })
    let report = try await store.importImages(path: archive, reference: nil)
    #expect(report.form == .ociLayout)
    #expect(report.images.map(\.references) == [["ghcr.io/o/p:1"]])
    #expect(report.images.map(\.config.architecture) == [Platform.current.architecture])

    try check(mkdir(fixture.path + "/layout", 0o755))
    try check(mkdir(fixture.path + "/layout/blobs", 0o755))
    try check(mkdir(fixture.path + "/layout/blobs/sha256", 0o755))
    for (name, bytes) in files { try fixture.write("layout/" + name, bytes) }
    let again = try await store.importImage(path: fixture.path + "/layout", reference: try ImageReference("here"))
    #expect(again.id == report.images.first?.id)
  }

  @Test(arguments: [MediaType.config, MediaType.manifest, MediaType.index, MediaType.layer])
  func layoutWithChangedPart(type: String) async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let files = Self.layout([Self.lower], break: type)
    let archive = try fixture.write(
      "layout.tar",
      TarBuilder.make { tar in
        for (name, bytes) in files { tar.entry(name, data: bytes) }
      })
    await #expect(throws: ImageStoreError.self) { try await store.importImages(path: archive, reference: nil) }
    #expect(await store.list().isEmpty)
  }

  @Test(arguments: ["gzip", "bzip2", "xz", "zstd"])
  func compressedRootFilesystem(program: String) async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let path = try fixture.write("rootfs.tar", Self.lower)
    try #require(
      system("command -v \(program) >/dev/null && \(program) -q -c \(path) > \(path).packed") == 0, "\(program) is not installed")
    let report = try await store.importImages(path: path + ".packed", reference: try ImageReference("packed"))
    #expect(report.form == .rootFilesystem)
    #expect(report.images.first?.config.rootfs.diffIDs == [ContentHash.of(Self.lower)])
  }

  @Test func theSameRootFilesystemIsTheSameImage() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let path = try fixture.write("rootfs.tar", Self.lower)
    let first = try await store.importImage(path: path, reference: try ImageReference("base"))
    let second = try await store.importImage(path: path, reference: try ImageReference("base"))
    #expect(first == second)
    #expect(await store.list().count == 1)
  }
}
