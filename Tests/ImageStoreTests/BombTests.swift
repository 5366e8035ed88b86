import Foundation
import Glibc
import ImageStore
import LinuxKit
import OCI
import TestSupport
import Testing

/// S31: archives that become far more than they are. The limits are small, so that each is reached.
@Suite struct BombTests {
  private static let limits: UnpackLimits = {
    var limits = UnpackLimits()
    limits.bytes = 256 << 20
    limits.expansion = 100
    limits.unquestioned = 16 << 20
    limits.entries = 100_000
    return limits
  }()

  /// A file of zeros in a tar archive, without its end, so large that no limit lets it through.
  private static func zeros(_ bytes: Int64) -> [UInt8] {
    var tar = TarBuilder()
    tar.entry("zeros", size: Int(bytes))
    return tar.bytes
  }

  static let bombs: [(name: String, make: @Sendable (StoreFixture) async throws -> String)] = [
    ("gzip, 1000:1", { try await packed($0, 64 << 20, "gzip -c") }),
    ("gzip in members", { try await packed($0, 64 << 20, "split -b 1M --filter='gzip -c'") }),
    ("zstd", { try await packed($0, 256 << 20, "zstd -q -c") }),
    ("zstd, a window of 2 GiB", { try await packed($0, 64 << 20, "zstd -q -c --long=31 --ultra") }),
    ("xz", { try await packed($0, 64 << 20, "xz -0 -c") }),
    ("bzip2", { try await packed($0, 32 << 20, "bzip2 -c") }),
    ("sparse, 8 EiB", { try $0.write("bomb.tar", sparse("9223372036854775807")) }),
    ("sparse, a tebibyte", { try $0.write("bomb.tar", sparse("1099511627776")) }),
    (
      "many entries",
      { fixture in
        var tar = TarBuilder()
        for _ in 0..<200 { tar.file("f", "") }
        return try fixture.write("bomb.tar", Array(repeatElement(tar.bytes, count: 600).joined()))
      }
    ),
    (
      "a name of a mebibyte",
      { try $0.write("bomb.tar", TarBuilder.make { $0.file("x", "", pax: ["path": [UInt8](repeating: 110, count: 1 << 20)]) }) }
    ),
    (
      "100,000 directories deep",
      { try $0.write("bomb.tar", TarBuilder.make { $0.file("x", "", pax: ["path": Array(String(repeating: "d/", count: 100_000).utf8)]) }) }
    ),
    (
      "an attribute of a mebibyte",
      {
        try $0.write("bomb.tar", TarBuilder.make { $0.file("x", "", pax: ["SCHILY.xattr.user.a": [UInt8](repeating: 1, count: 1 << 20)]) })
      }
    ),
  ]

  @Test(arguments: bombs.indices) func isRefused(_ index: Int) async throws {
    let bomb = Self.bombs[index]
    let fixture = try StoreFixture()
    let store = try fixture.open(limits: Self.limits)
    let path = try await bomb.make(fixture)
    let before = try residentPeak()
    do {
      _ = try await store.importImage(path: path, reference: try ImageReference("bomb"))
      Issue.record("\(bomb.name) was taken in")
    } catch let error as ImageStoreError {
      print("ROW S31: \(bomb.name): \(error); peak +\(try residentPeak() - before) KiB")
    }
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty && fixture.listing(fixture.images + "/layers").isEmpty)
    #expect(await store.list().isEmpty)
  }

  /// What expands much but not to much is taken in.
  @Test func aSmallLayerOfZerosIsNone() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open(limits: Self.limits)
    let tar = try fixture.write("zeros.tar", TarBuilder.make { $0.entry("zeros", data: [UInt8](repeating: 0, count: 8 << 20)) })
    try await run("gzip", tar).expect()
    let image = try await store.importImage(path: tar + ".gz", reference: try ImageReference("zeros"))
    #expect(try fixture.view(image, store).status("zeros").size == 8 << 20)
  }

  private static func packed(_ fixture: StoreFixture, _ bytes: Int64, _ packing: String) async throws -> String {
    let head = try fixture.write("head", zeros(bytes))
    let path = fixture.path + "/bomb"
    try await run("bash", "-c", "{ cat \(head); head -c \(bytes) /dev/zero; } | \(packing) > \(path)").expect()
    return path
  }

  private static func sparse(_ size: String) -> [UInt8] {
    TarBuilder.make {
      $0.entry(
        "f", data: Array("1\n0\n1\n".utf8) + [UInt8](repeating: 0, count: 506) + [97],
        pax: ["GNU.sparse.major": [49], "GNU.sparse.minor": [48], "GNU.sparse.name": [102], "GNU.sparse.realsize": Array(size.utf8)])
    }
  }

  /// KiB.
  private func residentPeak() throws -> Int {
    try readText("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM") }
      .flatMap { Int($0.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) } ?? 0
  }
}
