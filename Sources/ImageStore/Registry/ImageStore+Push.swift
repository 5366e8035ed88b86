import Glibc
import LinuxKit
public import OCI
import SystemPackage

/// What a push has left in the registry.
public struct PushedManifest: Sendable, Equatable {
  public var digest: Digest
  /// Bytes of the manifest.
  public var size: Int64
}

extension ImageStore {
  /// Puts an image into its registry under one of its names. What the registry has already is not sent.
  ///
  /// An image that came from a registry goes out as it came, byte for byte. Throws ``RegistryError``, ``ImageStoreError``.
  public func push(
    _ reference: ImageReference, _ options: PullOptions = PullOptions(), progress: @escaping @Sendable (LayerProgress) -> Void = { _ in }
  ) async throws -> PushedManifest {
    let reference = reference.orLatest
    guard let id = names[reference], let tag = reference.tag else { throw ImageStoreError.notFound(reference.familiar) }
    let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
    do {
      let pushed = try await push(id, to: reference, tag, client, progress)
      await client.close()
      try change { store in
        guard store.images[id] != nil else { return }
        store.give(reference.pinned(to: pushed.digest), to: id)
      }
      return pushed
    } catch {
      await client.close()
      try Task.checkCancellation()
      throw error
    }
  }

  private func push(
    _ id: Digest, to reference: ImageReference, _ tag: String, _ client: RegistryClient,
    _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> PushedManifest {
    guard let stored = images[id], let endpoint = try client.configuration.endpoints(of: reference.registry, forPush: true).first else {
      throw ImageStoreError.notFound(reference.familiar)
    }
    let diffIDs = stored.config.rootfs.diffIDs
    pin(diffIDs)
    defer { unpin(diffIDs) }
    let repository = RegistryRepository(client, endpoint, reference.repository, actions: "pull,push")
    let others = self.repositories(with: diffIDs, of: reference)
    let sent = try await send(diffIDs, to: repository, mountingFrom: others, progress)
    let blobs = diffIDs.compactMap { sent[$0] }
    let (bytes, type, config) = try manifest(of: id, stored, blobs)
    try await PushBlob(repository: repository, descriptor: config, path: directories.blob(config.digest), policy: client.policy)
      .run(mountingFrom: [], nil)
    let digest = ContentHash.of(bytes)
    try await repository.put(bytes, type, digest, tag: tag, name: reference.familiar)
    try atomicWrite(FilePath(directories.blob(digest)), bytes, mode: 0o600)
    try change { $0.images[id]?.manifest = digest }
    return PushedManifest(digest: digest, size: Int64(bytes.count))
  }

  /// Sends the packed content of layers, a few at a time. What is there already is not sent.
  func send(
    _ diffIDs: [Digest], to repository: RegistryRepository, mountingFrom others: [Digest: [String]] = [:],
    _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> [Digest: ContentDescriptor] {
    try await withThrowingTaskGroup(of: (Digest, ContentDescriptor).self) { group in
      // One that occurs twice is sent once.
      var known: Set<Digest> = []
      var waiting = diffIDs.filter { known.insert($0).inserted }[...]
      var sent: [Digest: ContentDescriptor] = [:]
      func begin() {
        guard let diffID = waiting.popFirst() else { return }
        group.addTask {
          let packed = try await self.packed(diffID)
          let push = PushBlob(
            repository: repository, descriptor: packed, path: self.directories.blob(packed.digest), policy: repository.client.policy)
          try await push.run(mountingFrom: others[diffID] ?? [], progress)
          return (diffID, packed)
        }
      }
      for _ in 0..<3 { begin() }
      while let (diffID, blob) = try await group.next() {
        sent[diffID] = blob
        begin()
      }
      return sent
    }
  }

  /// The manifest that an image came with, if its layers are the ones that are here; else a new one.
  private func manifest(
    of id: Digest, _ stored: StoredImage, _ blobs: [ContentDescriptor]
  ) throws -> (bytes: [UInt8], type: String, config: ContentDescriptor) {
    if let digest = stored.manifest, let bytes = directories.blobBytes(digest), ContentHash.of(bytes) == digest,
      let known = try? RemoteManifest(bytes, contentType: nil, name: id.short), case .image(let image) = known.content,
      image.layers.map(\.digest) == blobs.map(\.digest)
    {
      return (bytes, known.mediaType, image.config)
    }
    guard let bytes = directories.blobBytes(id) else { throw ImageStoreError.invalid("the configuration of \(id.short) is missing") }
    let config = ContentDescriptor(mediaType: MediaType.config, digest: id, size: Int64(bytes.count))
    return (try JSON.encode(ImageManifest(config: config, layers: blobs.map(\.asLayer))), MediaType.manifest, config)
  }

  /// Layer → other repositories of the same registry that have had it, as far as is known here.
  private func repositories(with diffIDs: [Digest], of reference: ImageReference) -> [Digest: [String]] {
    var found: [Digest: [String]] = [:]
    for stored in images.values {
      let others = Set(
        stored.references.filter { $0.digest != nil && $0.registry == reference.registry && $0.repository != reference.repository }
          .map(\.repository))
      for diffID in stored.config.rootfs.diffIDs where !others.isEmpty && diffIDs.contains(diffID) {
        found[diffID] = Array(Set((found[diffID] ?? []) + others).sorted().prefix(3))
      }
    }
    return found
  }

  /// The packed content of a layer, which is made and kept when there is none.
  func packed(_ diffID: Digest) async throws -> ContentDescriptor {
    if let known = try packedHere(diffID) { return known }
    return try await blobTurns.alone(on: diffID) {
      if let known = try await self.packedHere(diffID) { return known }
      return try await self.pack(diffID)
    }
  }

  private func packedHere(_ diffID: Digest) throws -> ContentDescriptor? {
    guard let layer = layers[diffID] else { throw ImageStoreError.invalid("the layer \(diffID.short) is not here any more") }
    guard let blob = layer.blob, LayerCompression(mediaType: blob.mediaType) != LayerCompression.none,
      (try? Descriptor.open(directories.blob(blob.digest), O_RDONLY).status().size) == blob.size
    else { return nil }
    return blob
  }

  private func pack(_ diffID: Digest) async throws -> ContentDescriptor {
    guard var layer = layers[diffID] else { throw ImageStoreError.invalid("the layer \(diffID.short) is not here any more") }
    let workspace = try makeWorkspace()
    do {
      let file = workspace.path + "/packed"
      let source = layer.blob.map { directories.blob($0.digest) }
      let tree = directories.layers + "/" + layer.name
      let blob = try await onThread { cancellation in
        let packer = try GzipFile(file)
        let made: Digest
        if let source, let opened = try? Descriptor.open(source, O_RDONLY) {
          let stream = try DecompressedFile(opened, limits: nil, cancellation: cancellation)
          try packer.write(all: stream)
          made = try stream.finish()
        } else {
          made = try CanonicalTar(cancellation) { try packer.write($0) }
            .layer(of: Descriptor.open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)).diffID
        }
        guard made == diffID else {
          throw ImageStoreError.invalid(
            "the layer \(diffID.short) cannot be packed: it was imported by an earlier version, which did not keep its archive; import it anew"
          )
        }
        return try packer.finish()
      }
      try directories.keep(file, as: blob.digest)
      if let old = layer.blob, old.digest != blob.digest { unlink(directories.blob(old.digest)) }
      layer.blob = blob
      try directories.writeFacts(layer)
      if layers[diffID] != nil { layers[diffID] = layer }
      try await discard(workspace)
      return blob
    } catch {
      try? await discard(workspace)
      throw error
    }
  }
}

extension ContentDescriptor {
  /// A packed layer, in the specification's own type.
  var asLayer: ContentDescriptor {
    let compression = LayerCompression(mediaType: mediaType) ?? .gzip
    let type = MediaType.layer + (compression == .none ? "" : "+\(compression.rawValue)")
    return ContentDescriptor(mediaType: type, digest: digest, size: size)
  }
}
