package import OCI

/// The configuration of a cache's manifest: which step of a build made which of the layers that the manifest lists.
struct CacheDocument: Sendable, Codable, Equatable {
  static let mediaType = "application/vnd.muster.build.cache.v1+json"
  /// Bytes of it.
  static let limit = 8 << 20
  /// Layers of one cache: as many as a manifest has place for.
  static let mostLayers = 8000

  var version = 1
  var os = Platform.current.os
  var architecture = Platform.current.architecture
  /// The digests of the manifest's layers, unpacked, in its order.
  var layers: [Digest]
  var records: [CacheRecord]

  /// Each key once, and each layer that they name.
  init(_ records: [CacheRecord]) {
    var keys: Set<Digest> = []
    self.records = records.filter { keys.insert($0.key).inserted }
    var known: Set<Digest> = []
    layers = self.records.compactMap(\.layer).filter { known.insert($0).inserted }
  }

  /// Reads what came from elsewhere, whose bytes have the digest that the manifest says.
  init(reading bytes: [UInt8], _ manifest: ImageManifest) throws {
    func refused(_ reason: String) -> ImageStoreError { .invalid("the cache \(reason)") }
    struct Outline: Decodable { var version: Int }
    do {
      let version = try JSON.decode(Outline.self, from: bytes).version
      guard version == 1 else { throw refused("is of version \(version); this program knows version 1") }
      self = try JSON.decode(CacheDocument.self, from: bytes)
    } catch let error as ImageStoreError { throw error } catch {
      throw refused("cannot be read: \(shown(String(describing: error)))")
    }
    guard os == Platform.current.os, architecture == Platform.current.architecture else {
      throw refused("is for \(shown("\(os)/\(architecture)", limit: 80)), not for \(Platform.current)")
    }
    guard layers.count == manifest.layers.count else {
      throw refused("names \(layers.count) layers in its configuration and \(manifest.layers.count) in its manifest")
    }
    guard Set(layers).count == layers.count else { throw refused("names a layer twice") }
    let known = Set(layers)
    for record in records {
      guard record.isWellFormed else { throw refused("has a time that is none: \(shown(record.created, limit: 40))") }
      if let layer = record.layer, !known.contains(layer) { throw refused("names the layer \(layer.short), which it does not have") }
    }
  }
}

/// Keys of steps in an image's own history (`cache_to: type=inline`): the layers of the image are the cache's.
package enum InlineCache {
  private static let mark = "muster.build key="

  /// The comment of a history entry that a step with that key has made.
  package static func comment(_ key: Digest) -> String { mark + key.description }

  /// What an image says of its layers; empty: nothing.
  static func records(_ config: ImageConfig) -> [CacheRecord] {
    let history = config.history ?? []
    guard history.count(where: { $0.emptyLayer != true }) == config.rootfs.diffIDs.count else { return [] }
    var layers = config.rootfs.diffIDs[...]
    return history.compactMap { entry in
      let layer = entry.emptyLayer == true ? nil : layers.popFirst()
      guard let comment = entry.comment, comment.hasPrefix(mark), let key = Digest(String(comment.dropFirst(mark.count))) else {
        return nil
      }
      let record = CacheRecord(key: key, layer: layer, created: entry.created ?? "")
      return record.isWellFormed ? record : nil
    }
  }
}
