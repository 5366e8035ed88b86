import OCI

/// A document that a registry has given for a tag or a digest, checked as far as it can be by itself.
struct RemoteManifest: Sendable {
  enum Content: Sendable {
    case image(ImageManifest)
    case index(ImageIndex)
  }
  /// As it came.
  var bytes: [UInt8]
  var digest: Digest
  var mediaType: String
  var content: Content

  static let limit = 4 << 20
  /// Everything that is understood.
  static let accepted = [MediaType.manifest, MediaType.index, MediaType.dockerManifest, MediaType.dockerIndex]

  /// Checks a document. `contentType`: what it came as; `name`: for messages.
  init(_ bytes: [UInt8], contentType: String?, name: String) throws {
    func refused(_ reason: String) -> RegistryError { RegistryError(.invalid, "the manifest of \(name) \(reason)") }
    guard bytes.count <= Self.limit else { throw refused("is larger than \(Self.limit) bytes") }
    let given = contentType.map { String($0.prefix { $0 != ";" }).trimmed.lowercased() }
    let outline: Outline
    do { outline = try JSON.decode(Outline.self, from: bytes) } catch {
      throw refused("cannot be read: \(shown(String(describing: error)))")
    }
    if outline.schemaVersion == 1 || given.map(MediaType.isSchema1) == true || outline.mediaType.map(MediaType.isSchema1) == true {
      throw RegistryError(
        .invalid, "\(name) is in Docker's schema 1, which is no longer read",
        hint: "push it anew with any Docker since 2016, or: skopeo copy --format v2s2 docker://NAME docker://NAME")
    }
    guard outline.schemaVersion == 2 else {
      throw refused("is of schema version \(outline.schemaVersion.map(String.init) ?? "none"), not 2")
    }
    let types = [given, outline.mediaType].compactMap { $0 }.filter { Self.accepted.contains($0) }
    guard let type = types.first else {
      throw refused("is of the type \"\(shown(outline.mediaType ?? given ?? "none"))\", which is no image")
    }
    guard Set(types).count == 1, outline.mediaType == nil || outline.mediaType == type else {
      throw refused("says that it is \"\(shown(outline.mediaType ?? ""))\" and came as \"\(shown(given ?? ""))\"")
    }
    if let given, Self.accepted.contains(given) == false, given.hasPrefix("application/vnd.") {
      throw refused("came as \"\(shown(given))\", and says that it is \"\(type)\"")
    }
    guard outline.manifests == nil || (outline.layers == nil && outline.config == nil && outline.fsLayers == nil) else {
      throw refused("is both an index and an image, which readers would understand differently")
    }
    mediaType = type
    self.bytes = bytes
    digest = ContentHash.of(bytes)
    do {
      if MediaType.isIndex(type) {
        let index = try JSON.decode(ImageIndex.self, from: bytes)
        guard index.manifests.allSatisfy({ $0.size >= 0 }) else { throw refused("has a part of negative size") }
        content = .index(index)
      } else {
        let image = try JSON.decode(ImageManifest.self, from: bytes)
        try Self.check(image, name)
        content = .image(image)
      }
    } catch let error as RegistryError { throw error } catch {
      throw refused("cannot be read: \(shown(String(describing: error)))")
    }
  }

  private static func check(_ image: ImageManifest, _ name: String) throws {
    func refused(_ reason: String) -> RegistryError { RegistryError(.invalid, "the manifest of \(name) \(reason)") }
    guard MediaType.isConfig(image.config.mediaType) else {
      throw RegistryError(
        .invalid, "\(name) is no image of a container but something of the type \"\(shown(image.config.mediaType))\"",
        hint: "charts, signatures and other artifacts are fetched by their own programs")
    }
    guard (0...Int64(SavedImage.configurationLimit)).contains(image.config.size) else {
      throw refused("has a configuration of \(image.config.size) bytes; \(SavedImage.configurationLimit) are the most")
    }
    guard image.layers.count <= ImageStore.mostLayers else {
      throw refused("has \(image.layers.count) layers; \(ImageStore.mostLayers) are possible")
    }
    for layer in image.layers {
      guard LayerCompression(mediaType: layer.mediaType) != nil else {
        throw refused("has a layer of the type \"\(shown(layer.mediaType))\", which is none that can be unpacked")
      }
      guard layer.size >= 0 else { throw refused("has a layer of negative size") }
    }
  }

  private struct Outline: Decodable {
    struct Ignored: Decodable {}
    var schemaVersion: Int?
    var mediaType: String?
    var manifests: [Ignored]?
    var layers: [Ignored]?
    var fsLayers: [Ignored]?
    var config: Ignored?
  }
}

extension String {
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

extension ImageIndex {
  /// The manifest for a platform: of the same variant, or one without where none is asked for. The first that fits counts.
  func manifest(for platform: Platform) -> ContentDescriptor? {
    let fitting = manifests.filter { descriptor in
      guard MediaType.isManifest(descriptor.mediaType), let found = descriptor.platform?.normalized else { return false }
      return found.os == platform.os && found.architecture == platform.architecture
    }
    if let same = fitting.first(where: { $0.platform?.normalized.variant == platform.variant }) { return same }
    // Older 32-bit ARM runs on newer, not the other way round.
    if platform.architecture == "arm" {
      let own = platform.variant ?? "v7"
      return fitting.filter { ($0.platform?.variant ?? "v7") <= own }.max { ($0.platform?.variant ?? "") < ($1.platform?.variant ?? "") }
    }
    return platform.variant == nil && fitting.count == 1 ? fitting.first : fitting.first { $0.platform?.variant == nil }
  }

  /// What there is, for a message; what is no platform (attestations) left out.
  var platforms: [String] {
    manifests.compactMap(\.platform).filter { $0.os != "unknown" }.map { shown($0.description, limit: 40) }
  }
}

extension Platform {
  /// Other names for the same taken away.
  var normalized: Platform { Platform(description) ?? self }
}
