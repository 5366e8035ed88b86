import OCI

/// Everything that a saved form of images consists of: small files by name, and layers by digest.
struct SavedLayout: Sendable {
  /// Beside the layers: configurations and manifests under `blobs/sha256`, and what leads to them. In the order in which they are written.
  private(set) var files: [(name: String, bytes: [UInt8])] = []
  private(set) var layers: [OutgoingLayer] = []
  private var known: Set<Digest> = []
  private var index = ImageIndex(manifests: [])
  private var items: [Item] = []
  private var repositories: [String: [String: String]] = [:]

  /// `manifest.json` of `docker save`.
  private struct Item: Codable {
    var Config: String
    var RepoTags: [String]?
    var Layers: [String]
  }
  private struct LayoutVersion: Codable { var imageLayoutVersion = "1.0.0" }

  /// Adds an image under the names that it is saved under. `layers`: lowest first.
  mutating func add(
    configuration: [UInt8], manifest kept: [UInt8]?, layers outgoing: [OutgoingLayer], references: [ImageReference]
  ) throws {
    let config = ContentDescriptor(
      mediaType: MediaType.config, digest: ContentHash.of(configuration), size: Int64(configuration.count))
    let descriptors = outgoing.map(\.descriptor)
    let manifest = try Self.usable(kept, config, descriptors) ?? JSON.encode(ImageManifest(config: config, layers: descriptors))
    addBlob(configuration)
    addBlob(manifest)
    for layer in outgoing where known.insert(layer.descriptor.digest).inserted { layers.append(layer) }
    var descriptor = ContentDescriptor(mediaType: MediaType.manifest, digest: ContentHash.of(manifest), size: Int64(manifest.count))
    if references.isEmpty, !index.manifests.contains(descriptor) { index.manifests.append(descriptor) }
    for reference in references {
      // As Docker and containerd write it: the whole name, and the tag for those who know only that.
      descriptor.annotations = [
        "io.containerd.image.name": reference.canonical, "org.opencontainers.image.ref.name": reference.tag ?? "latest",
      ]
      if !index.manifests.contains(descriptor) { index.manifests.append(descriptor) }
    }
    let tags = references.map(\.familiar)
    items.append(
      Item(
        Config: Self.path(config.digest), RepoTags: tags.isEmpty ? nil : tags, Layers: descriptors.map { Self.path($0.digest) }))
    if let top = descriptors.last {
      for reference in references { repositories[reference.familiarName, default: [:]][reference.tag ?? "latest"] = top.digest.hex }
    }
  }

  /// Ends the layout with the files that lead to the others.
  mutating func finish(as form: SaveForm) throws {
    files.append(("oci-layout", try JSON.encode(LayoutVersion())))
    if form == .docker {
      files.append(("manifest.json", try JSON.encode(items)))
      if !repositories.isEmpty { files.append(("repositories", try JSON.encode(repositories))) }
    }
    files.append(("index.json", try JSON.encode(index)))
  }

  static func path(_ digest: Digest) -> String { "blobs/sha256/" + digest.hex }

  private mutating func addBlob(_ bytes: [UInt8]) {
    let digest = ContentHash.of(bytes)
    if known.insert(digest).inserted { files.append((Self.path(digest), bytes)) }
  }

  /// The manifest that an image came with, where it says the same in the specification's own types: readers of layouts know no others.
  private static func usable(_ kept: [UInt8]?, _ config: ContentDescriptor, _ layers: [ContentDescriptor]) -> [UInt8]? {
    guard let kept, let manifest = try? JSON.decode(ImageManifest.self, from: kept), manifest.mediaType ?? "" != MediaType.dockerManifest,
      manifest.config.digest == config.digest, manifest.config.mediaType == MediaType.config,
      manifest.layers.map(\.digest) == layers.map(\.digest), manifest.layers.allSatisfy({ $0.mediaType.hasPrefix(MediaType.layer) })
    else { return nil }
    return kept
  }
}
