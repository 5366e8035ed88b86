import Glibc
import LinuxKit
import OCI
import SystemPackage

extension ImageStore {
  /// Writes what steps have made, with their layers, to another place, where it is a cache. What is there already is not written again.
  ///
  /// The layers must be here and pinned. Under the same tag the new cache replaces the old one. Returns the manifest.
  /// Throws ``RegistryError``, ``ImageStoreError``.
  public func exportCache(
    _ records: [CacheRecord], to location: CacheLocation, _ options: PullOptions = PullOptions(),
    progress: @escaping @Sendable (LayerProgress) -> Void = { _ in }
  ) async throws -> PushedManifest {
    let document = CacheDocument(records)
    guard document.layers.count <= CacheDocument.mostLayers else {
      throw ImageStoreError.invalid("the cache has \(document.layers.count) layers; \(CacheDocument.mostLayers) are possible")
    }
    let configuration = try JSON.encode(document)
    guard configuration.count <= CacheDocument.limit else {
      throw ImageStoreError.invalid("the cache's list has \(configuration.count) bytes; \(CacheDocument.limit) are the most")
    }
    switch location {
    case .registry(let reference):
      return try await exportCache(document, configuration, to: reference.orLatest, options, progress)
    case .directory(let path, let tag, _):
      // Two builds that write to one directory take turns: each keeps what the other has put into the index.
      return try await blobTurns.alone(on: ContentHash.of(Array("cache directory \(path)".utf8))) {
        try await self.exportCache(document, configuration, toDirectory: path, tag)
      }
    }
  }

  private func exportCache(
    _ document: CacheDocument, _ configuration: [UInt8], to reference: ImageReference, _ options: PullOptions,
    _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> PushedManifest {
    guard let tag = reference.tag, reference.digest == nil else {
      throw ImageStoreError.invalid("\(reference.familiar) has no tag that a cache can be put under")
    }
    let workspace = try makeWorkspace()
    let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
    do {
      guard let endpoint = try client.configuration.endpoints(of: reference.registry, forPush: true).first else {
        throw RegistryError(.unavailable, "there is no registry to send \(reference.familiar) to")
      }
      let repository = RegistryRepository(client, endpoint, reference.repository, actions: "pull,push")
      let sent = try await send(document.layers, to: repository, progress)
      let written = try CacheWriting(document, configuration, sent)
      let file = workspace.path + "/list"
      try atomicWrite(FilePath(file), configuration, mode: 0o600, isDurable: false)
      try await PushBlob(repository: repository, descriptor: written.config, path: file, policy: client.policy)
        .run(mountingFrom: [], nil)
      try await repository.put(
        written.manifest, MediaType.manifest, written.descriptor.digest, tag: tag, name: reference.familiar)
      await client.close()
      try await discard(workspace)
      return PushedManifest(digest: written.descriptor.digest, size: written.descriptor.size)
    } catch {
      await client.close()
      try? await discard(workspace)
      try Task.checkCancellation()
      throw error
    }
  }

  private func exportCache(
    _ document: CacheDocument, _ configuration: [UInt8], toDirectory path: String, _ tag: String
  ) async throws -> PushedManifest {
    var layers: [Digest: ContentDescriptor] = [:]
    for diffID in document.layers { layers[diffID] = try await packed(diffID) }
    let written = try CacheWriting(document, configuration, layers)
    let blobs = layers.values.map { blob in
      OutgoingLayer(descriptor: blob, source: .file(directories.blob(blob.digest)))
    }
    try await onThread { cancellation in
      do {
        try makeDirectories(path, mode: 0o755)
        try written.write(blobs, into: RootedDirectory(path: path), tag: tag, cancellation)
      } catch let error as KernelError { throw ImageStoreError.system("\(path): \(error.reason)") }
    }
    return PushedManifest(digest: written.descriptor.digest, size: written.descriptor.size)
  }
}

/// The documents of a cache that is written.
private struct CacheWriting: Sendable {
  let configuration: [UInt8]
  let config: ContentDescriptor
  let manifest: [UInt8]
  let descriptor: ContentDescriptor

  private struct LayoutVersion: Codable { var imageLayoutVersion = "1.0.0" }
  private static let tagKey = "org.opencontainers.image.ref.name"

  /// - Parameter blobs: unpacked layer → its packed content.
  init(_ document: CacheDocument, _ configuration: [UInt8], _ blobs: [Digest: ContentDescriptor]) throws {
    self.configuration = configuration
    config = ContentDescriptor(
      mediaType: CacheDocument.mediaType, digest: ContentHash.of(configuration), size: Int64(configuration.count))
    manifest = try JSON.encode(ImageManifest(config: config, layers: document.layers.compactMap { blobs[$0]?.asLayer }))
    descriptor = ContentDescriptor(mediaType: MediaType.manifest, digest: ContentHash.of(manifest), size: Int64(manifest.count))
  }

  /// Into an OCI layout, new or old; `index.json`, without which nothing of it counts, comes last. Nothing else in the directory is touched.
  func write(_ layers: [OutgoingLayer], into root: borrowing RootedDirectory, tag: String, _ cancellation: Cancellation) throws {
    var index = try Self.index(of: root)
    try root.makeDirectories("blobs/sha256")
    for layer in layers where try !Self.has(layer.descriptor, root) {
      try Self.put(SavedLayout.path(layer.descriptor.digest), root) { file in
        try layer.write(cancellation) { try file.descriptor.writeAll($0) }
      }
    }
    for (descriptor, bytes) in [(config, configuration), (descriptor, manifest)] where try !Self.has(descriptor, root) {
      try Self.put(SavedLayout.path(descriptor.digest), root) { try $0.descriptor.writeAll(bytes) }
    }
    let version = try JSON.encode(LayoutVersion())
    try Self.put("oci-layout", root) { try $0.descriptor.writeAll(version) }
    var named = descriptor
    named.annotations = [Self.tagKey: tag]
    index.manifests.removeAll { $0.annotations?[Self.tagKey] == tag }
    index.manifests.append(named)
    let bytes = try JSON.encode(index)
    try Self.put("index.json", root) { try $0.descriptor.writeAll(bytes) }
  }

  /// What is there under other tags is kept.
  private static func index(of root: borrowing RootedDirectory) throws -> ImageIndex {
    let bytes: [UInt8]
    do throws(KernelError) { bytes = try root.read("index.json", limit: RemoteManifest.limit) } catch {
      if error.errno == ENOENT { return ImageIndex(manifests: []) }
      throw error
    }
    do { return try JSON.decode(ImageIndex.self, from: bytes) } catch {
      throw ImageStoreError.invalid("its index.json is none of an OCI layout, and is left as it is")
    }
  }

  private static func has(_ descriptor: ContentDescriptor, _ root: borrowing RootedDirectory) throws(KernelError) -> Bool {
    do throws(KernelError) {
      let status = try root.status(SavedLayout.path(descriptor.digest))
      return status.kind == .regular && status.size == descriptor.size
    } catch  where error.errno == ENOENT { return false }
  }

  /// Writes a file, which gets its name when it is whole and on the disk.
  private static func put(_ name: String, _ root: borrowing RootedDirectory, _ write: (SharedDescriptor) throws -> Void) throws {
    let temporary = "." + String(UInt64.random(in: 0 ... .max), radix: 36) + ".new"
    let file = SharedDescriptor(try root.createFile(temporary))
    do {
      try write(file)
      try file.descriptor.synchronize()
      try root.rename(temporary, to: name)
    } catch {
      try? root.remove(temporary)
      throw error
    }
  }
}
