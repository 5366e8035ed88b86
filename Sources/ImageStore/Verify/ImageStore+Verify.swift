import Glibc
import LinuxKit
public import OCI
import SystemPackage

extension ImageStore {
  /// Reads everything that the store has, and compares it with the digests that it is known by.
  ///
  /// What has rotted is made again out of what is sound here, or from the registry that the image came from. Files that a container stands
  /// on stay as they are, and are told. With `repairs` false nothing is changed.
  public func verify(
    repairs: Bool = true, _ options: PullOptions = PullOptions(), use: @Sendable (Digest) -> ImageUse?
  ) async throws -> Verification {
    var found = Verification()
    for (id, stored) in images.sorted(by: { $0.key < $1.key }) {
      found.images += 1
      found.damage += try await verifyDescriptions(of: id, stored, repairs: repairs, options)
    }
    for diffID in layers.keys.sorted() {
      guard let layer = layers[diffID] else { continue }
      found.layers += 1
      pin([diffID])
      let workspace = try makeWorkspace()
      do {
        if let damage = try await verify(layer, workspace.path, repairs: repairs, options, use) { found.damage.append(damage) }
        unpin([diffID])
        try await discard(workspace)
      } catch {
        unpin([diffID])
        try? await discard(workspace)
        throw error
      }
    }
    return found
  }

  private func shownNames(_ isMeant: (StoredImage) -> Bool) -> [String] {
    images.filter { isMeant($0.value) }.map { id, stored in
      stored.references.filter { $0.digest == nil }.map(\.familiar).min() ?? id.short
    }.sorted()
  }

  /// The configuration and the manifest of an image.
  private func verifyDescriptions(
    of id: Digest, _ stored: StoredImage, repairs: Bool, _ options: PullOptions
  ) async throws -> [ImageDamage] {
    var found: [ImageDamage] = []
    let name = stored.references.filter { $0.digest == nil }.map(\.familiar).min() ?? id.short
    if let manifest = stored.manifest, directories.blobBytes(manifest).map(ContentHash.of) != manifest {
      if repairs {
        unlink(directories.blob(manifest))
        try change { $0.images[id]?.manifest = nil }
      }
      found.append(
        ImageDamage(
          digest: manifest, images: [name], what: "the manifest \(manifest.short) has other content",
          outcome: repairs ? .repaired("a new one is made when it is pushed") : .damaged("it can be made anew")))
    }
    if directories.blobBytes(id).map(ContentHash.of) != id {
      var damage = ImageDamage(
        digest: id, images: [name], what: "the configuration \(id.short) has other content", outcome: .damaged("pull or build it anew"))
      if repairs, let bytes = await configuration(of: id, stored, options) {
        try atomicWrite(FilePath(directories.blob(id)), bytes, mode: 0o600)
        damage.outcome = .repaired("it is written anew")
      }
      found.append(damage)
    }
    return found
  }

  private func configuration(of id: Digest, _ stored: StoredImage, _ options: PullOptions) async -> [UInt8]? {
    if let bytes = try? JSON.encode(stored.config), ContentHash.of(bytes) == id { return bytes }
    return await fromRegistry(stored, options) { found in
      let bytes = try await found.configuration(known: nil)
      return ContentHash.of(bytes) == id ? bytes : nil
    }
  }

  private func verify(
    _ layer: Layer, _ workspace: String, repairs: Bool, _ options: PullOptions, _ use: @Sendable (Digest) -> ImageUse?
  ) async throws -> ImageDamage? {
    let tree = directories.layers + "/" + layer.name
    let blob = layer.blob.map { directories.blob($0.digest) }
    let limits = self.limits
    let state = try await onThread {
      try LayerState(of: layer, tree: tree, blob: blob, workspace: workspace, limits: limits, $0)
    }
    guard state.hasDamagedBlob || state.treeDamage != nil else { return nil }
    let owners = images.filter { $0.value.config.rootfs.diffIDs.contains(layer.diffID) }
    var damage = ImageDamage(
      digest: layer.diffID, images: shownNames { $0.config.rootfs.diffIDs.contains(layer.diffID) },
      what: "the layer \(layer.diffID.short): " + (state.treeDamage ?? "its packed content is not what it was"),
      outcome: .damaged("it can be repaired"))
    guard repairs else { return damage }
    damage.outcome = try await repair(
      layer, state, workspace, owners: owners.map(\.value), user: owners.keys.sorted().compactMap(use).first, options)
    return damage
  }

  private func repair(
    _ layer: Layer, _ state: LayerState, _ workspace: String, owners: [StoredImage], user: ImageUse?, _ options: PullOptions
  ) async throws -> ImageDamage.Outcome {
    let isHeld = ImageDamage.Outcome.damaged("the container \(user?.container ?? "") stands on it: remove it, and verify again")
    if let fresh = state.fresh {
      if user != nil { return isHeld }
      try await replace(layer, with: fresh)
      return .repaired("its files are unpacked anew")
    }
    if owners.isEmpty {
      // This look holds it once.
      unpin([layer.diffID])
      defer { pin([layer.diffID]) }
      try await remove(unneeded: [layer.diffID])
      return .repaired("it is removed: no image has it, and a build makes it anew")
    }
    if state.hasDamagedBlob, state.treeDamage == nil, !state.isUnknown {
      var changed = layer
      if let blob = layer.blob { unlink(directories.blob(blob.digest)) }
      changed.blob = nil
      try directories.writeFacts(changed)
      layers[layer.diffID] = changed
      return .repaired("it is packed anew when it is pushed")
    }
    for stored in owners {
      guard let fetched = await fetchAnew(layer, stored, workspace, options) else { continue }
      try directories.keep(fetched.file, as: fetched.blob.digest)
      var changed = layer
      changed.blob = fetched.blob
      try directories.writeFacts(changed)
      layers[layer.diffID] = changed
      let (tree, fresh) = (directories.layers + "/" + layer.name, fetched.tree)
      let isSound = try await onThread { cancellation in
        try TreeComparison(cancellation).difference(
          of: Descriptor.open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
          from: Descriptor.open(fresh, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)) == nil
      }
      if isSound { return .repaired("its packed content is fetched anew") }
      if user != nil { return isHeld }
      try await replace(changed, with: fresh)
      return .repaired("it is fetched anew")
    }
    return .damaged("nothing here or in a registry has it: remove the image, and build or import it anew")
  }

  /// Puts a tree in the place of a layer's.
  private func replace(_ layer: Layer, with fresh: String) async throws {
    try await onThread { _ in try Descriptor.open(fresh, O_RDONLY | O_DIRECTORY).synchronizeFileSystem() }
    // At once, and the old tree goes with the workspace.
    let inside = String(fresh.dropFirst(directories.root.count + 1))
    try RootedDirectory(path: directories.root).exchange("layers/" + layer.name, with: inside)
    try Descriptor.open(directories.layers, O_RDONLY | O_DIRECTORY).synchronize()
  }

  /// The layer out of the registry that its image came from.
  private func fetchAnew(_ layer: Layer, _ stored: StoredImage, _ workspace: String, _ options: PullOptions) async -> UnpackedLayer? {
    let limits = self.limits
    let diffIDs = stored.config.rootfs.diffIDs
    return await fromRegistry(stored, options) { found in
      guard let place = diffIDs.firstIndex(of: layer.diffID), found.image.layers.count == diffIDs.count else { return nil }
      return try await FetchLayer(blob: found.image.layers[place], diffID: layer.diffID).run(
        from: found.repositories, file: workspace + "/fetched", tree: workspace + "/fetched-tree", limits: limits
      ) { _ in }
    }
  }

  /// Asks the registries that an image came from, one after the other, until one has what is wanted.
  private func fromRegistry<Value: Sendable>(
    _ stored: StoredImage, _ options: PullOptions, _ body: @Sendable (RemoteImage) async throws -> Value?
  ) async -> Value? {
    for reference in stored.references.sorted() where reference.digest != nil {
      let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
      var value: Value?
      let platform = Platform(os: stored.config.os, architecture: stored.config.architecture)
      if let found = try? await RemoteImage.find(reference, options.platform ?? platform, client) { value = try? await body(found) }
      await client.close()
      if let value { return value }
    }
    return nil
  }
}
