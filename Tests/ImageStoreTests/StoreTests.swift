import Glibc
import ImageStore
import LinuxKit
import OCI
import Testing

@Suite struct StoreTests {
  /// One image `one:1` of two layers, one image `two:1` of the lower layer alone.
  private func filled(_ fixture: StoreFixture) async throws -> ImageStore {
    let store = try fixture.open()
    _ = try await store.importImage(
      path: try fixture.write("1.tar", SavedImageTests.dockerArchive([SavedImageTests.lower, SavedImageTests.upper], tags: #"["one:1"]"#)),
      reference: nil)
    _ = try await store.importImage(
      path: try fixture.write("2.tar", SavedImageTests.dockerArchive([SavedImageTests.lower], tags: #"["two:1"]"#)), reference: nil)
    return store
  }

  /// What a container's own mounts need is in a layer below the image's, which thus decides where it has the same names.
  @Test func theBaseLayerHasThePlacesOfMounts() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let base = try Descriptor.open(store.layersDirectory + "/" + store.baseLayer, O_RDONLY | O_DIRECTORY)
    #expect(try base.entries().map(\.text).sorted() == ["dev", "etc", "proc", "sys"])
    let etc = try base.open(at: "etc", O_RDONLY | O_DIRECTORY)
    #expect(try etc.entries().map(\.text).sorted() == ["hostname", "hosts", "resolv.conf"])
  }

  @Test func resolvesNamesAndIds() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let image = try #require(await store.resolve("one:1"))
    #expect(await store.resolve("docker.io/library/one:1") == image)
    #expect(await store.resolve(image.id.description) == image)
    #expect(await store.resolve(image.id.hex) == image)
    #expect(await store.resolve(image.id.short) == image)
    #expect(await store.resolve("one") == nil)
    #expect(await store.resolve("") == nil)
    #expect(await store.resolve("sha256:") == nil)
    #expect(await store.list().map(\.references) == [["one:1"], ["two:1"]])
  }

  @Test func survivesReopening() async throws {
    let fixture = try StoreFixture()
    let images = try await filled(fixture).list()
    let again = try fixture.open()
    #expect(await again.list() == images)
    #expect(again.problems.isEmpty)
  }

  static let user = ImageUse(container: "0123456789ab", isRunning: false)

  @Test func removesNamesThenImagesThenLayers() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let image = try #require(await store.resolve("one:1"))
    try await store.tag("one:1", as: try ImageReference("one:2"))
    #expect(try await store.remove("one:1", use: { _ in Self.user }).lines == ["Untagged: one:1"])
    let upper = ContentHash.of(SavedImageTests.upper)
    #expect(try await store.remove("one:2", use: { _ in nil }).lines == ["Untagged: one:2", "Deleted: \(image.id)", "Deleted: \(upper)"])
    #expect(try fixture.listing(store.layersDirectory).filter { !$0.contains("/") }.count == 1)
    #expect(await store.resolve("two:1") != nil)
    #expect(try await store.remove("two:1", use: { _ in nil }).lines.count == 3)
    #expect(try fixture.listing(store.layersDirectory).isEmpty)
    #expect(try fixture.listing(fixture.images + "/blobs/sha256").isEmpty)
    await #expect(throws: ImageStoreError.notFound("two:1")) { try await store.remove("two:1", use: { _ in nil }).lines }
  }

  @Test func anImageInUseOnlyLosesItsNames() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let image = try #require(await store.resolve("one:1"))
    await #expect(throws: ImageStoreError.self) { try await store.remove("one:1", use: { $0 == image.id ? Self.user : nil }).lines }
    #expect(await store.resolve("one:1") == image)
    #expect(try await store.remove("one:1", force: true, use: { $0 == image.id ? Self.user : nil }).lines == ["Untagged: one:1"])
    #expect(await store.resolve(image.id.hex)?.layers == image.layers)
  }

  @Test func severalNamesAreNotRemovedById() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    try await store.tag("one:1", as: try ImageReference("other"))
    let id = try #require(await store.resolve("one:1")).id
    await #expect(throws: ImageStoreError.self) { try await store.remove(id.hex, use: { _ in nil }).lines }
    #expect(
      try await store.remove(id.hex, force: true, use: { _ in nil }).lines.prefix(3) == [
        "Untagged: one:1", "Untagged: other:latest", "Deleted: \(id)",
      ])
  }

  @Test func pinnedLayersStay() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let layers = try #require(await store.resolve("one:1")).config.rootfs.diffIDs
    await store.pin(layers)
    #expect(try await store.remove("one:1", use: { _ in nil }).lines.count == 2)
    #expect(await store.layer(layers[1]) != nil)
  }

  @Test func damageIsToldAndTheRestStays() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let one = try #require(await store.resolve("one:1"))
    try fixture.write("images/blobs/sha256/" + one.id.hex, Array("{}".utf8))
    let again = try fixture.open()
    #expect(again.problems.count == 1)
    #expect(await again.list().map(\.references) == [["two:1"]])
  }

  @Test func aDamagedIndexLosesNamesOnly() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let one = try #require(await store.resolve("one:1"))
    try fixture.write("images/index.json", Array("{\"images".utf8))
    let again = try fixture.open()
    #expect(again.problems.count == 1)
    #expect(await again.resolve(one.id.hex)?.layers == one.layers)
  }

  @Test func leftoversOfACrashGo() async throws {
    let fixture = try StoreFixture()
    let store = try await filled(fixture)
    let count = try fixture.listing(store.layersDirectory).count
    try check(mkdir(store.layersDirectory + "/half", 0o755))
    try fixture.write("images/layers/half/file", [1])
    try fixture.write("images/layer-facts/none.json", [1])
    try fixture.write("images/temp/rest", [1])
    let again = try fixture.open()
    #expect(try fixture.listing(again.layersDirectory).count == count)
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty)
    #expect(await again.list().count == 2)
  }
}

@Suite struct SeedTests {
  @Test func copiesWhatTheImageHasThere() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let before = try fixture.outsideState()
    let image = try await store.importImage(
      path: try fixture.write(
        "r.tar",
        TarBuilder.make { tar in
          tar.entry("data/", type: "5", mode: 0o750, uid: 33, gid: 34)
          tar.entry("data/file", mode: 0o640, uid: 33, gid: 34, data: [1, 2, 3])
          tar.symlink("data/link", "/etc/passwd")
          tar.symlink("alias", "/data")
          tar.symlink("away", fixture.outside)
          tar.file("plain", "x")
        }), reference: nil)
    for path in ["/data", "/alias", "alias/."] {
      let target = fixture.path + "/volume" + String(UInt32.random(in: 0 ... .max))
      try check(mkdir(target, 0o700))
      #expect(try await store.seed(image.layers, path: path, into: target))
      #expect(try fixture.listing(target) == ["file regular 640 33:34", "link symlink 777 0:0"])
      let status = try Descriptor.open(target, O_RDONLY).status()
      #expect(status.permissions == 0o750 && status.uid == 33 && status.gid == 34)
      // A volume that has something is left alone.
      #expect(try await !store.seed(image.layers, path: path, into: target))
    }
    let target = fixture.path + "/empty"
    try check(mkdir(target, 0o700))
    for path in ["/missing", "/plain", "/away", "/../../.." + fixture.outside] {
      #expect(try await !store.seed(image.layers, path: path, into: target))
    }
    #expect(try fixture.listing(target).isEmpty)
    #expect(try fixture.outsideState() == before)
  }
}

@Suite struct CommitTests {
  /// An upper directory as overlayfs leaves it, made by working in a real overlay.
  private func changed(_ fixture: StoreFixture, _ store: ImageStore, _ image: Image) async throws -> ImageStore.Workspace {
    let workspace = try store.makeWorkspace()
    try check(mkdir(workspace.path + "/upper", 0o755))
    try check(mkdir(workspace.path + "/work", 0o755))
    let root = RootedDirectory(
      try overlayView(
        lower: image.layers, upper: workspace.name + "/upper", work: workspace.name + "/work", directory: store.layersDirectory))
    try root.remove("etc/a")
    try root.removeAll("var")
    try root.makeDirectory("var", mode: 0o700)
    try root.createFile("var/x", mode: 0o4711, owner: FileOwner(uid: 3_000_000, gid: 1)).writeAll("content")
    try root.makeLink("var/y", to: "var/x")
    try root.makeSymlink("var/" + String(repeating: "l", count: 150), pointsTo: String(repeating: "t", count: 150))
    for path in ["var/x", "var", "etc", "."] {
      try root.open(path, O_RDONLY).setTimes(accessed: FileTime(seconds: 5), modified: FileTime(seconds: 1_600_000_000, nanoseconds: 5))
    }
    let link = try root.open("var", O_RDONLY)
    try link.setTimes(accessed: FileTime(seconds: 5), modified: FileTime(seconds: 7), at: String(repeating: "l", count: 150))
    return workspace
  }

  @Test func theSameChangesAreTheSameLayer() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let image = try await store.importImage(path: try fixture.write("r.tar", SavedImageTests.lower), reference: nil)
    let first = try await changed(fixture, store, image)
    let layer = try await store.commitLayer(from: first.path + "/upper")
    let second = try await changed(fixture, store, image)
    #expect(try await store.commitLayer(from: second.path + "/upper") == layer)
    try await store.discard(first)
    try await store.discard(second)
    #expect(layer.size == 7)

    var config = image.config
    config.rootfs.diffIDs.append(layer.diffID)
    let made = try await store.add(config: config, references: [try ImageReference("made")])
    let root = try fixture.view(made, store)
    #expect(try !root.contains("etc/a") && root.contains("etc/b"))
    #expect(try !root.contains("var/old"))
    #expect(try root.status("var/x").permissions == 0o4711 && root.status("var/x").uid == 3_000_000)
    #expect(try root.status("var").permissions == 0o700)
    #expect(await fixture.problemsAfterReopening().isEmpty)
  }

  @Test func namesOfDeletionsAreRefused() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let workspace = try store.makeWorkspace()
    try check(mkdir(workspace.path + "/upper", 0o755))
    try Descriptor.open(workspace.path + "/upper/.wh.etc", O_CREAT | O_WRONLY, mode: 0o600).writeAll("x")
    await #expect(throws: ImageStoreError.self) { try await store.commitLayer(from: workspace.path + "/upper") }
    #expect(try fixture.listing(store.layersDirectory).isEmpty)
  }
}

extension StoreFixture {
  func problemsAfterReopening() async -> [String] { (try? open().problems) ?? ["cannot be opened"] }
}

@Suite struct CanonicalTarTests {
  /// The digest of an upper directory is that of an archive which is put together here by hand.
  @Test func isTheDigestOfAnArchive() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let workspace = try store.makeWorkspace()
    let upper = workspace.path + "/upper"
    try check(mkdir(upper, 0o755))
    let root = try RootedDirectory(path: upper)
    try root.makeDirectory("d", mode: 0o1750, owner: FileOwner(uid: 7, gid: 8))
    try root.createFile("d/f", mode: 0o4711).writeAll("content")
    try root.makeLink("d/g", to: "d/f")
    try root.makeNode("null", type: UInt32(S_IFCHR), mode: 0o666, major: 1, minor: 3)
    try root.makeNode("gone", type: UInt32(S_IFCHR), mode: 0)
    try root.makeNode("pipe", type: UInt32(S_IFIFO), mode: 0o600)
    try root.makeSymlink("s", pointsTo: "d/f")
    let time = FileTime(seconds: 1_700_000_000)
    let directory = try Descriptor.open(upper, O_RDONLY | O_DIRECTORY)
    for name in ["d/f", "d", "null", "pipe", "s"] { try directory.setTimes(accessed: time, modified: time, at: name) }
    try directory.setTimes(accessed: time, modified: time)

    let layer = try await store.commitLayer(from: upper)
    try await store.discard(workspace)
    let expected = TarBuilder.make { tar in
      tar.directory("./")
      tar.entry("d/", type: "5", mode: 0o1750, uid: 7, gid: 8)
      tar.file("d/f", "content", mode: 0o4711)
      tar.entry("d/g", type: "1", mode: 0o4711, link: "d/f")
      tar.entry(".wh.gone", mode: 0, time: 0)
      tar.entry("null", type: "3", mode: 0o666, major: 1, minor: 3)
      tar.entry("pipe", type: "6", mode: 0o600)
      tar.entry("s", type: "2", mode: 0o777, link: "d/f")
    }
    #expect(layer.diffID == ContentHash.of(expected))
  }
}
