import Glibc
import ImageStore
import LinuxKit
import OCI
import Testing

/// A root file system of one layer, on the real file system.
@Suite struct UnpackTests {
  private func importing(_ fixture: StoreFixture, _ bytes: [UInt8]) async throws -> (ImageStore, Image) {
    let store = try fixture.open()
    let image = try await store.importImage(path: try fixture.write("rootfs.tar", bytes), reference: try ImageReference("base:1"))
    return (store, image)
  }

  @Test func keepsWhatAnArchiveSays() async throws {
    let fixture = try StoreFixture()
    let long = String(repeating: "n", count: 200)
    let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let bytes = TarBuilder.make { tar in
      tar.directory("./", mode: 0o755)
      tar.directory("./tmp", mode: 0o1777)
      tar.entry("./bin/su", mode: 0o4755, uid: 0, gid: 5, data: Array("su".utf8))
      tar.entry("./bin/ping", mode: 0o755, data: [1], pax: ["SCHILY.xattr.security.capability": capability])
      tar.hardLink("./bin/ping6", "./bin/ping")
      tar.symlink("./sh", "bin/su")
      tar.entry("./fifo", type: "6", mode: 0o600)
      tar.entry("./null", type: "3", mode: 0o666, major: 1, minor: 3)
      tar.entry(
        "x", uid: 3_000_000, gid: 3_000_001, data: [7], pax: ["path": Array("./é-\(long)".utf8), "mtime": Array("1700000000.25".utf8)])
      tar.entry(
        "./sparse", data: Array("1\n0\n1\n".utf8) + [UInt8](repeating: 0, count: 506) + Array("a".utf8),
        pax: [
          "GNU.sparse.major": Array("1".utf8), "GNU.sparse.minor": Array("0".utf8), "GNU.sparse.name": Array("./sparse".utf8),
          "GNU.sparse.realsize": Array("4096".utf8),
        ])
      tar.file("./twice", "first")
      tar.file("./twice", "second")
    }
    let (store, image) = try await importing(fixture, bytes)
    let root = try RootedDirectory(path: store.layersDirectory + "/" + image.layers[0])
    #expect(try root.status("tmp").permissions == 0o1777)
    let su = try root.status("bin/su")
    #expect(su.permissions == 0o4755 && su.gid == 5)
    #expect(su.modified == FileTime(seconds: 1_700_000_000))
    let ping = try root.open("bin/ping", O_RDONLY)
    #expect(try ping.attribute("security.capability") == capability)
    #expect(try ping.status().links == 2)
    #expect(try root.status("bin/ping").inode == root.status("bin/ping6").inode)
    #expect(try root.readLink("sh") == "bin/su")
    #expect(try root.status("fifo").kind == .fifo)
    let null = try root.status("null")
    #expect(null.kind == .character && null.major == 1 && null.minor == 3 && null.permissions == 0o666)
    let named = try root.status("é-\(long)")
    #expect(named.uid == 3_000_000 && named.gid == 3_000_001 && named.modified.nanoseconds == 250_000_000)
    #expect(try root.status("sparse").size == 4096)
    #expect(try root.read("twice", limit: 100) == Array("second".utf8))
    #expect(image.config.rootfs.diffIDs == [ContentHash.of(bytes)])
    #expect(image.references == ["base:1"])
  }

  @Test func whiteoutsBecomeOverlayMarks() async throws {
    let fixture = try StoreFixture()
    let (store, image) = try await importing(
      fixture,
      TarBuilder.make { tar in
        tar.file("etc/.wh.gone", "")
        tar.directory("opt")
        tar.file("opt/.wh..wh..opq", "")
        tar.file("opt/new", "n")
        tar.file("opt/.wh..wh.plnk", "")
        tar.file(".wh.later", "")
        tar.directory("later")
        tar.directory("kept")
        tar.file(".wh.kept", "")
      })
    let root = try RootedDirectory(path: store.layersDirectory + "/" + image.layers[0])
    #expect(try root.status("etc/gone").isWhiteout)
    #expect(try root.open("opt", O_RDONLY).attribute(OverlayMark.opaque) == [UInt8(ascii: "y")])
    #expect(try root.open("later", O_RDONLY).attribute(OverlayMark.opaque) == [UInt8(ascii: "y")])
    #expect(try root.open("kept", O_RDONLY).attribute(OverlayMark.opaque) == [UInt8(ascii: "y")])
    #expect(try !root.contains("opt/.wh..wh..opq") && !root.contains("opt/.wh..wh.plnk"))
    // What overlayfs makes of it.
    #expect(try !fixture.view(image, store).contains("etc/gone"))
  }

  static let hostile: [(name: String, bytes: [UInt8])] = [
    ("climbs", TarBuilder.make { $0.file("../outside/new", "x") }),
    ("climbs inside", TarBuilder.make { $0.file("a/../../outside/new", "x") }),
    ("hard link climbs", TarBuilder.make { $0.hardLink("h", "../../outside/secret") }),
    ("hard link to nothing", TarBuilder.make { $0.hardLink("h", "missing") }),
    ("hard link to itself", TarBuilder.make { $0.hardLink("h", "h") }),
    ("root is a link", TarBuilder.make { $0.symlink("./", "/var/tmp") }),
    ("root is a file", TarBuilder.make { $0.file("./", "x") }),
    ("device 0/0", TarBuilder.make { $0.entry("w", type: "3") }),
    ("overlay attribute", TarBuilder.make { $0.file("f", "x", pax: ["SCHILY.xattr.trusted.overlay.opaque": [121]]) }),
    ("overlay redirect", TarBuilder.make { $0.file("f", "x", pax: ["SCHILY.xattr.trusted.overlay.redirect": Array("/etc".utf8)]) }),
    ("user overlay attribute", TarBuilder.make { $0.file("f", "x", pax: ["SCHILY.xattr.user.overlay.opaque": [121]]) }),
    ("giant file", TarBuilder.make { $0.entry("f", size: 1 << 62) }),
    ("larger than it is", TarBuilder.make { $0.entry("f", size: 1 << 20) }),
    (
      "giant sparse",
      TarBuilder.make {
        $0.entry(
          "f", data: Array("0\n".utf8),
          pax: [
            "GNU.sparse.major": [49], "GNU.sparse.minor": [48], "GNU.sparse.name": [102],
            "GNU.sparse.realsize": Array("4611686018427387904".utf8),
          ])
      }
    ),
    ("owner is no id", TarBuilder.make { $0.entry("f", uid: 0xFFFF_FFFF) }),
    ("whiteout of nothing", TarBuilder.make { $0.file("a/.wh.", "") }),
    ("whiteout of parent", TarBuilder.make { $0.file("a/.wh...", "") }),
    ("long name", TarBuilder.make { $0.file("x", "", pax: ["path": Array(String(repeating: "n", count: 300).utf8)]) }),
    ("long path", TarBuilder.make { $0.file("x", "", pax: ["path": Array(String(repeating: "n/", count: 3000).utf8)]) }),
    ("garbage", Array("this is no archive at all, but it is longer than nothing".utf8)),
    ("cut off", Array(TarBuilder.make { $0.file("f", String(repeating: "x", count: 2000)) }.prefix(900))),
    ("bomb", TarBuilder.make { $0.entry("f", data: [UInt8](repeating: 0, count: 2 << 20)) }),
  ]

  @Test(arguments: hostile) func isRefusedAndLeavesNothing(name: String, bytes: [UInt8]) async throws {
    let fixture = try StoreFixture()
    var limits = UnpackLimits()
    limits.bytes = 1 << 20
    let store = try fixture.open(limits: limits)
    let before = try fixture.outsideState()
    let path = try fixture.write("hostile.tar", bytes)
    await #expect(throws: ImageStoreError.self) { try await store.importImage(path: path, reference: try ImageReference("bad")) }
    #expect(try fixture.outsideState() == before)
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty)
    #expect(try fixture.listing(fixture.images + "/layers").isEmpty)
    #expect(await store.list().isEmpty)
  }

  /// Links are taken for what they are, but lead nowhere outside: what is written through them lands inside the layer.
  @Test func linksStayInside() async throws {
    let fixture = try StoreFixture()
    let before = try fixture.outsideState()
    let outside = fixture.outside
    let (store, image) = try await importing(
      fixture,
      TarBuilder.make { tar in
        tar.symlink("absolute", outside)
        tar.file("absolute/new", "inside")
        tar.symlink("relative", String(repeating: "../", count: 12) + outside.dropFirst())
        tar.file("relative/other", "inside")
        tar.symlink("direct", outside + "/secret")
        tar.file("direct", "replaced")
        tar.symlink("chain1", "chain2")
        tar.symlink("chain2", outside)
        tar.file("chain1/third", "inside")
        tar.symlink("over", outside)
        tar.directory("over", mode: 0o777)
        tar.file("over/fourth", "inside")
        tar.symlink("linked", outside + "/secret")
        tar.hardLink("hard", "linked")
        tar.file("/rooted", "inside")
        tar.symlink("dir", outside)
        tar.entry("dir/.", type: "5", mode: 0o777)
        tar.symlink("wh", outside)
        tar.file("wh/.wh.secret", "")
        tar.symlink("magic", "/proc/self/root")
        tar.file("magic/fifth", "inside")
      })
    #expect(try fixture.outsideState() == before)
    #expect(try fixture.read("outside/secret") == "untouched")
    let layer = store.layersDirectory + "/" + image.layers[0]
    let root = try RootedDirectory(path: layer)
    #expect(try root.read(outside + "/new", limit: 100) == Array("inside".utf8))
    #expect(try root.read(outside + "/other", limit: 100) == Array("inside".utf8))
    #expect(try root.read(outside + "/third", limit: 100) == Array("inside".utf8))
    #expect(try root.status("direct").kind == .regular)
    #expect(try root.status("over").kind == .directory)
    #expect(try root.status("over/fourth").kind == .regular)
    #expect(try root.status("hard").kind == .symlink)
    #expect(try root.contains("rooted") && root.contains("proc/self/root/fifth"))
    #expect(try root.status(outside + "/secret").isWhiteout)
  }

  @Test func entriesAreCounted() async throws {
    let fixture = try StoreFixture()
    var limits = UnpackLimits()
    limits.entries = 10
    let store = try fixture.open(limits: limits)
    let path = try fixture.write("many.tar", TarBuilder.make { tar in for index in 0..<11 { tar.file("f\(index)", "") } })
    await #expect(throws: ImageStoreError.invalid("the archive has more than 10 entries")) {
      try await store.importImage(path: path, reference: nil)
    }
  }
}
