import OCI

/// The document that a cache's tag leads to, checked as far as it can be by itself.
enum CacheManifest {
  /// A cache of Muster's own; its configuration is a ``CacheDocument``.
  case cache(ImageManifest)
  /// An image, in whose history the keys may be.
  case image(ImageManifest)
  /// Images of several platforms.
  case images(ImageIndex)

  private static let buildKit = "application/vnd.buildkit.cacheconfig."

  /// `name`: for messages.
  init(_ bytes: [UInt8], contentType: String?, name: String) throws {
    func refused(_ reason: String) -> ImageStoreError { .invalid("\(name) \(reason)") }
    let outline: Outline
    do { outline = try JSON.decode(Outline.self, from: bytes) } catch {
      throw refused("has a manifest that cannot be read: \(shown(String(describing: error)))")
    }
    let types = [outline.config?.mediaType] + (outline.manifests ?? []).map(\.mediaType)
    guard !types.contains(where: { $0?.hasPrefix(Self.buildKit) == true }) else {
      throw refused("is a cache in BuildKit's own format, which only BuildKit reads")
    }
    guard outline.config?.mediaType == CacheDocument.mediaType else {
      switch try RemoteManifest(bytes, contentType: contentType, name: name).content {
      case .image(let image): self = .image(image)
      case .index(let index): self = .images(index)
      }
      return
    }
    let given = contentType.map { String($0.prefix { $0 != ";" }).trimmed.lowercased() }
    guard outline.schemaVersion == 2, outline.manifests == nil,
      [given, outline.mediaType].allSatisfy({ $0 == nil || $0 == MediaType.manifest })
    else { throw refused("has a manifest that is none of a cache") }
    let manifest: ImageManifest
    do { manifest = try JSON.decode(ImageManifest.self, from: bytes) } catch {
      throw refused("has a manifest that cannot be read: \(shown(String(describing: error)))")
    }
    guard (0...Int64(CacheDocument.limit)).contains(manifest.config.size) else {
      throw refused("has a list of \(manifest.config.size) bytes; \(CacheDocument.limit) are the most")
    }
    guard manifest.layers.count <= CacheDocument.mostLayers else {
      throw refused("has \(manifest.layers.count) layers; \(CacheDocument.mostLayers) are possible")
    }
    for layer in manifest.layers {
      guard LayerCompression(mediaType: layer.mediaType) != nil, layer.size >= 0 else {
        throw refused("has a layer that cannot be unpacked: \(shown(layer.mediaType)) of \(layer.size) bytes")
      }
    }
    self = .cache(manifest)
  }

  private struct Outline: Decodable {
    struct Part: Decodable { var mediaType: String? }
    var schemaVersion: Int?
    var mediaType: String?
    var config: Part?
    var manifests: [Part]?
  }
}
