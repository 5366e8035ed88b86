import Glibc
import LinuxKit
import OCI
import TestSupport
import Testing

@testable import ImageStore

/// Rot is found, and repaired where something sound is left.
@Suite(.timeLimit(.minutes(10))) struct VerifyTests {
  /// Changes one bit in the middle of a file.
  static func flip(_ path: String) throws {
    let size = try Descriptor.open(path, O_RDONLY).status().size
    let file = try Descriptor.open(path, O_RDWR)
    var byte: UInt8 = 0
    let number = file.number
    guard pread(number, &byte, 1, off_t(size / 2)) == 1 else { throw KernelError.last("pread(2)") }
    byte ^= 4
    guard pwrite(number, &byte, 1, off_t(size / 2)) == 1 else { throw KernelError.last("pwrite(2)") }
  }

  static let user = ImageUse(container: "0123456789ab", isRunning: true)

  @Test func whatIsSoundIsSound() async throws {
    let fixture = try StoreFixture()
    let store = try await SaveTests.filled(fixture)
    let found = try await store.verify { _ in nil }
    #expect(found.images == 2 && found.layers == 3 && found.damage.isEmpty, "\(found.damage)")
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty)
  }

  @Test(arguments: ["ping", "etc/a", "big"]) func aFileIsRepairedFromItsArchive(name: String) async throws {
    let fixture = try StoreFixture()
    let store = try await SaveTests.filled(fixture)
    let image = try #require(await store.resolve("base:1"))
    let path = store.layersDirectory + "/" + image.layers[1] + "/" + name
    let before = try Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 20)
    try Self.flip(path)
    let told = try await store.verify(repairs: false) { _ in nil }.damage
    #expect(told.count == 1 && told[0].what.contains("/\(name) has"), "\(told)")
    #expect(told.first?.images == ["base:1", "web:1"])
    let held = try await store.verify { _ in Self.user }.damage
    #expect(held.count == 1 && held[0].outcome == .damaged("the container 0123456789ab stands on it: remove it, and verify again"))
    let repaired = try await store.verify { _ in nil }.damage
    #expect(repaired.map(\.outcome) == [.repaired("its files are unpacked anew")])
    #expect(try Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 20) == before)
    #expect(try await store.verify { _ in nil }.damage.isEmpty)
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty)
    #expect(await fixture.problemsAfterReopening().isEmpty)
  }

  @Test func modesOwnersAttributesAndNamesCount() async throws {
    let fixture = try StoreFixture()
    let store = try await SaveTests.filled(fixture)
    let image = try #require(await store.resolve("base:1"))
    let tree = try RootedDirectory(path: store.layersDirectory + "/" + image.layers[1])
    func expectDamage(_ what: String) async throws {
      let damage = try await store.verify(repairs: false) { _ in nil }.damage
      #expect(damage.count == 1 && damage[0].what.contains(what), "\(what): \(damage)")
    }
    try tree.open("note", O_RDONLY).setPermissions(0o666)
    try await expectDamage("/note has another mode")
    try tree.open("note", O_RDONLY).setPermissions(0o644)
    try tree.open("note", O_RDONLY).setOwner(FileOwner(uid: 1, gid: 1))
    try await expectDamage("/note has another owner")
    try tree.open("note", O_RDONLY).setOwner(FileOwner(uid: 0, gid: 0))
    try tree.open("note", O_RDONLY).setAttribute("user.note", [1])
    try await expectDamage("/note has another user.note")
    try tree.open("note", O_RDONLY).setAttribute("user.note", Array("kept".utf8))
    try tree.createFile("stranger").writeAll("x")
    try await expectDamage("/stranger is not of the layer")
    try tree.remove("stranger")
    #expect(try await store.verify(repairs: false) { _ in nil }.damage.isEmpty)
    try tree.remove("etc/c")
    try await expectDamage("/etc/c is missing")
  }

  @Test func whatWasMadeHereIsItsOwnMeasure() async throws {
    let fixture = try StoreFixture()
    let store = try await SaveTests.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    try Self.flip(store.layersDirectory + "/" + image.layers[0] + "/made")
    let damage = try await store.verify { _ in nil }.damage
    #expect(damage.count == 1 && damage.first?.isRepaired == false)
    _ = try await store.remove("web:1") { _ in nil }
    _ = try await store.remove("web:2") { _ in nil }
    #expect(try await store.verify { _ in nil }.damage.isEmpty)
  }

  @Test func descriptionsAreWrittenAnew() async throws {
    let fixture = try StoreFixture()
    let store = try await SaveTests.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    try Self.flip(fixture.images + "/blobs/sha256/" + image.id.hex)
    #expect(try await store.verify { _ in nil }.damage.map(\.outcome) == [.repaired("it is written anew")])
    #expect(await fixture.problemsAfterReopening().isEmpty)
  }

  @Test(.enabled(if: installed("docker-registry"), "docker-registry is not installed"))
  func whatIsLostIsFetchedAnew() async throws {
    let registry = try await DockerRegistry()
    let fixture = try StoreFixture()
    let first = try await SaveTests.filled(fixture)
    let name = try ImageReference("\(registry.name)/shop/web:1")
    try await first.tag("web:1", as: name)
    _ = try await first.push(name)
    let store = try ImageStore(directory: fixture.path + "/second")
    let pulled = try await store.pull(name).image
    #expect(try await store.verify { _ in nil }.damage.isEmpty)
    let layer = try #require(await store.layer(pulled.config.rootfs.diffIDs[0]))
    let blob = try #require(layer.blob).digest.hex
    try Self.flip(fixture.path + "/second/blobs/sha256/" + blob)
    try Self.flip(store.layersDirectory + "/" + layer.name + "/big")
    #expect(try await store.verify { _ in nil }.damage.map(\.outcome) == [.repaired("it is fetched anew")])
    try Self.flip(fixture.path + "/second/blobs/sha256/" + blob)
    #expect(try await store.verify { _ in nil }.damage.map(\.outcome) == [.repaired("its packed content is fetched anew")])
    expectNone(try await SaveTests.layersDiffer(pulled, first, store))
    // The last tag takes the digest of its repository with it.
    let lines = try await store.remove(name.familiar) { _ in nil }.lines
    #expect(lines.prefix(2) == ["Untagged: \(name)", "Untagged: \(pulled.digests[0])"])
    #expect(await store.list().isEmpty)
    await registry.end()
  }
}
