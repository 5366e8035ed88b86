import Glibc
import ImageStore
import LinuxKit
import OCI
import TestSupport
import Testing

/// Whatever archive comes, it is an image or is refused: nothing crashes, nothing outside changes, and the store is sound afterwards.
@Suite struct FuzzTests {
  private static func rootFileSystem() -> [UInt8] {
    TarBuilder.make { tar in
      tar.directory("./", mode: 0o755)
      tar.directory("etc")
      tar.file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
      tar.symlink("localetc", "/etc")
      tar.hardLink("etc/again", "etc/passwd")
      tar.entry("null", type: "3", mode: 0o666, major: 1, minor: 3)
      tar.entry("fifo", type: "6", mode: 0o600)
      tar.file("etc/.wh.gone", "")
      tar.file("opt/.wh..wh..opq", "")
      tar.entry("x", uid: 3_000_000, data: [7], pax: ["path": Array("long/name".utf8), "mtime": Array("1700000000.25".utf8)])
      tar.entry(
        "sparse", data: Array("1\n0\n1\n".utf8) + [UInt8](repeating: 0, count: 506) + Array("a".utf8),
        pax: [
          "GNU.sparse.major": Array("1".utf8), "GNU.sparse.minor": Array("0".utf8), "GNU.sparse.name": Array("sparse".utf8),
          "GNU.sparse.realsize": Array("4096".utf8),
        ])
    }
  }

  private static func savedImage(_ layer: [UInt8]) -> [UInt8] {
    let config =
      #"{"architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"Env":["A=b"]},"rootfs":{"type":"layers","diff_ids":["\#(ContentHash.of(layer))"]},"history":[{"created":"2026-01-01T00:00:00Z"}]}"#
    let name = ContentHash.of(Array(config.utf8)).hex + ".json"
    return TarBuilder.make { tar in
      tar.entry("layer.tar", data: layer)
      tar.file(name, config)
      tar.file("manifest.json", #"[{"Config":"\#(name)","RepoTags":["fuzz:1"],"Layers":["layer.tar"]}]"#)
    }
  }

  @Test func archives() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let before = try fixture.outsideState()
    let seed = UInt64.random(in: 0 ... .max)
    var mutations = Mutations(
      seed: seed,
      words: [
        "../", "..", "/", fixture.outside, fixture.outside + "/secret", ".wh.", ".wh..wh..opq", "ustar\0", "manifest.json", "index.json",
        "oci-layout", "sha256:", "\"Layers\"", "null", "99999999999", "30 mtime=-1\n", "GNU.sparse.map=0,99999999999999\n",
      ])
    let seeds = [Self.rootFileSystem(), Self.savedImage(Self.rootFileSystem()), Self.savedImage(TarBuilder.make { $0.file("a", "b") })]
    var (taken, refused) = (0, 0)
    for number in 0..<size("MUSTER_TEST_FUZZ_ARCHIVES", usually: 250) {
      var bytes = mutations.next(from: seeds)
      // Without right sums hardly anything would come further than the first header.
      if mutations.random.chance(80) { Self.repairSums(of: &bytes) }
      let path = try fixture.write("fuzz.tar", bytes)
      do {
        let image = try await store.importImage(path: path, reference: try ImageReference("fuzz:1"))
        taken += 1
        _ = try await store.remove(image.id.description, force: true) { _ in nil }
      } catch {
        refused += 1
        #expect(error is ImageStoreError || error is KernelError || error is ImageReferenceError, "change \(number) of seed \(seed): \(error)")
      }
      try #require(try fixture.outsideState() == before, "change \(number) of seed \(seed) reached outside")
    }
    #expect(taken > 0 && refused > 0, "\(taken) taken, \(refused) refused; seed \(seed)")
    #expect(try Descriptor.open(fixture.images + "/temp", O_RDONLY | O_DIRECTORY).entries().isEmpty)
    // What a store that is opened anew finds is whole.
    _ = try await store.importImage(path: try fixture.write("good.tar", seeds[1]), reference: try ImageReference("good:1"))
    #expect(await (try fixture.open()).resolve("good:1") != nil)
  }

  /// The sums of all that looks like a header.
  private static func repairSums(of bytes: inout [UInt8]) {
    for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257..<start + 262].elementsEqual(Array("ustar".utf8)) {
      bytes.replaceSubrange(start + 148..<start + 156, with: Array("        ".utf8))
      let sum = String(bytes[start..<start + 512].reduce(0) { $0 + Int($1) }, radix: 8)
      bytes.replaceSubrange(start + 148..<start + 155, with: Array((String(repeating: "0", count: max(0, 6 - sum.utf8.count)) + sum + "\0").utf8))
    }
  }
}
