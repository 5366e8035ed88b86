import Glibc
import LinuxKit
public import OCI

/// A build cache of another place, as far as it is known without its layers: what it says of steps. Must be closed.
public struct ForeignCache: Sendable {
  public let location: CacheLocation
  private let records: [Digest: CacheRecord]
  /// Unpacked layer → where its packed content is.
  private let layers: [Digest: ContentDescriptor]
  fileprivate let source: CacheSource
  private let client: RegistryClient

  /// Fetches a cache's manifest and list, which are small, and no layer.
  ///
  /// An image that was built with `type=inline` is a cache too. Throws ``RegistryError``, ``ImageStoreError``: there is none, or it cannot be read.
  public static func open(_ location: CacheLocation, _ options: PullOptions = PullOptions()) async throws -> ForeignCache {
    let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
    do {
      return try await ForeignCache(location, client)
    } catch {
      await client.close()
      try Task.checkCancellation()
      throw error
    }
  }

  private init(_ location: CacheLocation, _ client: RegistryClient) async throws {
    let (manifest, source) = try await CacheSource.find(location, client)
    let name = location.name
    let described: (manifest: ImageManifest, layers: [Digest], records: [CacheRecord])
    switch manifest {
    case .cache(let cache):
      let bytes = try await source.content(cache.config, limit: CacheDocument.limit, what: "the list of the cache \(name)")
      let document = try CacheDocument(reading: bytes, cache)
      described = (cache, document.layers, document.records)
    case .image(let image): described = try await Self.inline(image, name, source)
    case .images(let index):
      guard let descriptor = index.manifest(for: .current) else {
        throw ImageStoreError.invalid("\(name) has nothing for \(Platform.current)")
      }
      guard case .image(let image) = try await source.manifest(descriptor, name: name) else {
        throw ImageStoreError.invalid("\(name) has for \(Platform.current) another thing than its index says")
      }
      described = try await Self.inline(image, name, source)
    }
    self.location = location
    self.client = client
    self.source = source
    records = Dictionary(described.records.map { ($0.key, $0) }) { first, _ in first }
    layers = Dictionary(zip(described.layers, described.manifest.layers)) { first, _ in first }
  }

  private static func inline(_ image: ImageManifest, _ name: String, _ source: CacheSource) async throws
    -> (manifest: ImageManifest, layers: [Digest], records: [CacheRecord])
  {
    let bytes = try await source.content(image.config, limit: SavedImage.configurationLimit, what: "the configuration of \(name)")
    let config: ImageConfig
    do { config = try JSON.decode(ImageConfig.self, from: bytes) } catch {
      throw ImageStoreError.invalid("the configuration of \(name) cannot be read: \(shown(String(describing: error)))")
    }
    let records = InlineCache.records(config)
    guard config.rootfs.diffIDs.count == image.layers.count, !records.isEmpty else {
      throw ImageStoreError.invalid("\(name) is an image without a cache in it: it was not built with cache_to of type=inline")
    }
    return (image, config.rootfs.diffIDs, records)
  }

  /// What the cache says that a step has made; nil: nothing.
  public func record(_ key: Digest) -> CacheRecord? { records[key] }

  /// Ends the connections. Must be called, once.
  public func close() async { await client.close() }

  fileprivate func blob(_ diffID: Digest) -> ContentDescriptor? { layers[diffID] }
}

extension ImageStore {
  /// Brings a layer of a cache into the store, unless it is here. Pinned once for the caller.
  ///
  /// It is unpacked as layers of pulled images are, and has the digests that the cache says. Throws ``RegistryError``, ``ImageStoreError``.
  public func bring(
    _ diffID: Digest, from cache: ForeignCache, progress: @escaping @Sendable (LayerProgress) -> Void = { _ in }
  ) async throws {
    if layers[diffID] != nil { return pin([diffID]) }
    guard let blob = cache.blob(diffID) else { throw ImageStoreError.invalid("the cache does not have the layer \(diffID.short)") }
    let workspace = try makeWorkspace()
    do {
      try await blobTurns.alone(on: blob.digest) {
        switch cache.source {
        case .repositories(let repositories):
          let layer = FetchLayer(blob: blob, diffID: diffID)
          _ = try await self.fetch(layer, from: repositories, to: workspace.path + "/layer", progress)
        case .layout(let path): try await self.take(blob, diffID, fromLayout: path, in: workspace)
        }
      }
      try await discard(workspace)
    } catch {
      try? await discard(workspace)
      throw error
    }
  }

  /// A layer of a layout, whose file may be changed by others meanwhile: a copy of it is what is looked at.
  private func take(_ blob: ContentDescriptor, _ diffID: Digest, fromLayout path: String, in workspace: Workspace) async throws {
    if layers[diffID] != nil { return pin([diffID]) }
    let limits = self.limits
    let tree = workspace.path + "/layer"
    let archive = workspace.path + "/archive"
    let layer = try await onThread { cancellation in
      func refused(_ reason: String) -> ImageStoreError { .invalid("the layer \(blob.digest.short) of \(path) \(reason)") }
      let file = try CacheSource.reading(SavedLayout.path(blob.digest), in: path) { root, name throws(KernelError) in
        SharedDescriptor(try root.open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY))
      }
      let status = try file.descriptor.status()
      guard status.kind == .regular, status.size == blob.size else { throw refused("is no file of \(blob.size) bytes") }
      let kept = try KeptArchive(of: file.descriptor, at: archive, diffID: diffID, limit: blob.size, cancellation)
      guard kept.descriptor.digest == blob.digest, kept.descriptor.size == blob.size else { throw refused("is not what its digest says") }
      let copy = try Descriptor.open(archive, O_RDONLY | O_NOFOLLOW)
      let unpacked = try UnpackedTree(DecompressedFile(copy, limits: limits, cancellation: cancellation), into: tree, limits: limits)
      guard unpacked.layer.diffID == diffID else { throw refused("unpacks to \(unpacked.layer.diffID), not to \(diffID)") }
      try Descriptor.open(tree, O_RDONLY | O_DIRECTORY).synchronizeFileSystem()
      var layer = unpacked.layer
      layer.blob = kept.descriptor
      return layer
    }
    if layers[diffID] == nil { try directories.keep(archive, as: blob.digest) }
    _ = try publish(tree, as: layer)
  }
}
