import Glibc
import LinuxKit
public import OCI
import SystemPackage

extension ImageStore {
  /// Gets an image from its registry, unless what the name stands for there is here already.
  ///
  /// Nothing is visible until all of it is verified and on disk. What a pull that is broken off has got of a layer is kept for the next.
  /// Throws ``RegistryError``, ``ImageStoreError``.
  public func pull(
    _ reference: ImageReference, _ options: PullOptions = PullOptions(), progress: @escaping @Sendable (LayerProgress) -> Void = { _ in }
  ) async throws -> PulledImage {
    let reference = reference.orLatest
    let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
    do {
      let pulled = try await pull(reference, options, client, progress)
      await client.close()
      return pulled
    } catch {
      await client.close()
      try Task.checkCancellation()
      throw error
    }
  }

  private func pull(
    _ reference: ImageReference, _ options: PullOptions, _ client: RegistryClient, _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> PulledImage {
    let found = try await RemoteImage.find(reference, options.platform, client)
    let names = found.names(of: reference)
    if let (id, stored) = images.first(where: { $0.value.manifest == found.manifest.digest }), let image = image(id) {
      let isNew = !names.allSatisfy { stored.references.contains($0) }
      try change { store in
        for name in names { store.give(name, to: id) }
        store.notePull(of: reference)
      }
      return PulledImage(image: self.image(id) ?? image, digest: found.digest, isNew: isNew, notes: found.notes)
    }
    let configuration = try await found.configuration(known: directories.blobBytes(found.image.config.digest))
    let (config, notes) = try found.check(configuration, asked: options.platform)
    let fetched = try await fetchLayers(of: found, config, progress)
    defer { unpin(config.rootfs.diffIDs) }
    try atomicWrite(FilePath(directories.blob(found.manifest.digest)), found.manifest.bytes, mode: 0o600)
    let image = try add(configuration: configuration, references: names, manifest: found.manifest.digest, pulled: reference)
    return PulledImage(image: image, digest: found.digest, isNew: true, notes: found.notes + notes + fetched)
  }

  /// Makes sure that every layer is here, each pinned once; returns what there is to tell.
  private func fetchLayers(
    of found: RemoteImage, _ config: ImageConfig, _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> [String] {
    let workspace = try makeWorkspace()
    let diffIDs = config.rootfs.diffIDs
    var pinned: [Digest] = []
    var isNew: [Digest] = []
    do {
      var missing: [FetchLayer] = []
      for (blob, diffID) in zip(found.image.layers, diffIDs) where !missing.contains(where: { $0.diffID == diffID }) {
        let isHere = layers[diffID] != nil
        progress(LayerProgress(layer: blob.digest.short, state: isHere ? .exists : .waiting))
        if !isHere { missing.append(FetchLayer(blob: blob, diffID: diffID)) }
      }
      let before = Set(layers.keys)
      // What is here now is needed until the image is.
      for diffID in diffIDs where before.contains(diffID) {
        pin([diffID])
        pinned.append(diffID)
      }
      var notes: Set<String> = []
      try await withThrowingTaskGroup(of: (diffID: Digest, isNew: Bool, notes: [String]).self) { group in
        var next = 0
        func begin() {
          guard next < missing.count else { return }
          let layer = missing[next]
          let tree = workspace.path + "/layer" + String(next)
          next += 1
          group.addTask {
            try await self.blobTurns.alone(on: layer.blob.digest) {
              try await self.fetch(layer, from: found.repositories, to: tree, progress)
            }
          }
        }
        for _ in 0..<Self.layersAtOnce { begin() }
        do {
          while let layer = try await group.next() {
            pinned.append(layer.diffID)
            if layer.isNew { isNew.append(layer.diffID) }
            notes.formUnion(layer.notes)
            begin()
          }
        } catch {
          // The others end at once; what they have finished meanwhile is pinned too.
          group.cancelAll()
          while let rest = await group.nextResult() {
            guard case .success(let layer) = rest else { continue }
            pinned.append(layer.diffID)
            if layer.isNew { isNew.append(layer.diffID) }
          }
          throw error
        }
      }
      // One that occurs twice is pinned as often.
      for (diffID, times) in Dictionary(grouping: diffIDs, by: { $0 }).mapValues(\.count) {
        for _ in 0..<max(0, times - pinned.filter { $0 == diffID }.count) { pin([diffID]) }
      }
      try await discard(workspace)
      return notes.sorted()
    } catch {
      unpin(pinned)
      // What is broken off is gone on with; of what is wrong nothing stays.
      if FetchLayer.isWrong(error) { try? await remove(unneeded: isNew) }
      try? await discard(workspace)
      throw error
    }
  }

  /// One layer, pinned once. It is on disk when it becomes visible.
  func fetch(
    _ layer: FetchLayer, from repositories: [RegistryRepository], to tree: String, _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> (diffID: Digest, isNew: Bool, notes: [String]) {
    if layers[layer.diffID] != nil {
      // Another pull has been faster.
      pin([layer.diffID])
      progress(LayerProgress(layer: layer.blob.digest.short, state: .exists))
      return (layer.diffID, false, [])
    }
    let unpacked = try await layer.run(
      from: repositories, file: directories.partial(layer.blob.digest), tree: tree, limits: limits, progress)
    try await onThread { _ in try Descriptor.open(tree, O_RDONLY | O_DIRECTORY).synchronizeFileSystem() }
    try directories.keep(unpacked.file, as: layer.blob.digest)
    var published = unpacked.layer
    published.blob = layer.blob
    let isNew = layers[layer.diffID] == nil
    let diffID = try publish(tree, as: published).diffID
    progress(LayerProgress(layer: layer.blob.digest.short, state: .complete))
    return (diffID, isNew, unpacked.notes)
  }

  /// As many as Docker takes at once.
  private static let layersAtOnce = 3
}

/// A layer that is to be had.
struct FetchLayer: Sendable {
  let blob: ContentDescriptor
  let diffID: Digest

  /// Downloads the layer into `file`, and unpacks it into `tree` while it comes in.
  func run(
    from repositories: [RegistryRepository], file: String, tree: String, limits: UnpackLimits,
    _ progress: @escaping @Sendable (LayerProgress) -> Void
  ) async throws -> UnpackedLayer {
    guard let compression = LayerCompression(mediaType: blob.mediaType), let policy = repositories.first?.client.policy else {
      throw RegistryError(.invalid, "the layer \(blob.digest.short) cannot be unpacked")
    }
    let partial = try PartialBlob(path: file, size: blob.size)
    let name = blob.digest.short
    let total = blob.size
    let fetch = FetchBlob(repositories: repositories, descriptor: blob, policy: policy) { bytes in
      progress(LayerProgress(layer: name, state: .downloading(bytes, of: total)))
    }
    do {
      return try await withTaskCancellationHandler {
        try await withThrowingTaskGroup(of: UnpackedLayer?.self) { group in
          group.addTask {
            do {
              try await fetch.run(into: partial)
              progress(LayerProgress(layer: name, state: .extracting))
            } catch {
              partial.fail(error)
              throw error
            }
            return nil
          }
          group.addTask {
            do { return try await unpack(partial, compression, tree, limits) } catch {
              partial.fail(error)
              throw error
            }
          }
          var unpacked: UnpackedLayer?
          while let next = try await group.next() { unpacked = next ?? unpacked }
          guard let unpacked else { throw CancellationError() }
          return unpacked
        }
      } onCancel: {
        partial.fail(CancellationError())
      }
    } catch {
      // What is wrong is not gone on with; what is broken off is.
      if Self.isWrong(error) { unlink(file) }
      throw error
    }
  }

  static func isWrong(_ error: any Error) -> Bool {
    switch error {
    case let error as RegistryError: error.kind == .invalid
    case is ImageStoreError: true
    default: false
    }
  }

  private func unpack(_ partial: PartialBlob, _ compression: LayerCompression, _ tree: String, _ limits: UnpackLimits) async throws
    -> UnpackedLayer
  {
    try await onThread { cancellation in
      let source = PartialBlobReader(partial, compression, name: blob.digest.short)
      let stream = try DecompressedFile(source, compression, limits: limits, cancellation: cancellation)
      let unpacked = try UnpackedTree(stream, into: tree, limits: limits)
      guard unpacked.layer.diffID == diffID else {
        throw RegistryError(
          .invalid, "the layer \(blob.digest.short) unpacks to \(unpacked.layer.diffID), not to \(diffID) as the image says")
      }
      return UnpackedLayer(blob: blob, file: partial.path, tree: tree, layer: unpacked.layer, notes: unpacked.notes)
    }
  }
}

/// A layer that is unpacked, and not yet visible.
struct UnpackedLayer: Sendable {
  var blob: ContentDescriptor
  /// Where its packed content is.
  var file: String
  var tree: String
  var layer: Layer
  var notes: [String]
}
