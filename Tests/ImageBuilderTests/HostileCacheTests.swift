import Foundation
import Glibc
import ImageStore
import LinuxKit
import OCI
import StackModel
import Testing

/// Caches of the worst kind: nothing of them is believed that has not the digest that leads to it.
@Suite struct HostileCacheTests {
  enum Attack: String, CaseIterable {
    case changedLayer, shortLayer, linkedLayer, pipeForALayer, otherLayer, layerTooMany, changedList, longList, anotherVersion,
      anotherPlatform
    case wildTime, wildLayer, negativeSize, notAManifest, bothIndexAndManifest, listIsALink
  }

  @Test(arguments: Attack.allCases) func aHostileCacheIsRefused(attack: Attack) async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let text = "FROM base:1\nRUN one\nRUN two"
    try await fixture.build(text) { $0.writes(fixture.cache(.writing)) }
    try await fixture.forgetBuilds()
    let layout = Layout(fixture.path + "/cache")
    try layout.carryOut(attack)
    try await fixture.build(text) { $0.reads(fixture.cache(.reading)) }
    #expect(fixture.sandbox.ran == ["one", "two"], "\(attack)")
    #expect(fixture.warnings.count == 1 && fixture.warnings[0].contains("is not used"), "\(attack): \(fixture.warnings)")
    #expect(!fixture.warnings[0].contains("\u{1B}"))
    #expect(try fixture.names("images/temp") == [])
    #expect(try await fixture.store.verify(use: { _ in nil }).damage.isEmpty)
  }
}

/// An OCI layout with a cache, to be changed.
struct Layout {
  let path: String
  init(_ path: String) { self.path = path }

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

  func carryOut(_ attack: HostileCacheTests.Attack) throws {
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
