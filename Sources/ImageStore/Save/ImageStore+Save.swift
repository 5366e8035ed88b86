import Glibc
import LinuxKit
public import OCI
import Tar

extension ImageStore {
  /// Writes images as one tar archive, piece by piece.
  ///
  /// A name without a tag is all of the repository's names, as `docker save` has it; an id is the image without a name. Layers that came
  /// packed leave as they came. Throws ``ImageStoreError``, or what `take` threw.
  public func save(_ names: [String], as form: SaveForm, to take: @Sendable ([UInt8]) async throws -> Void) async throws {
    let (layout, pinned) = try await layout(of: names, as: form)
    defer { unpin(pinned) }
    try await streaming({ try write(layout, $0, to: $1) }, to: take)
  }

  /// Writes images as a directory, which must not be there yet or be empty. After a failure nothing is left in it.
  public func save(_ names: [String], as form: SaveForm, directory: String) async throws {
    let (layout, pinned) = try await layout(of: names, as: form)
    defer { unpin(pinned) }
    try await onThread { try write(layout, intoDirectory: directory, $0) }
  }

  /// What is to be written. The layers are pinned.
  private func layout(of names: [String], as form: SaveForm) async throws -> (SavedLayout, pinned: [Digest]) {
    let chosen = try chosen(names)
    let pinned = chosen.flatMap { images[$0.id]?.config.rootfs.diffIDs ?? [] }
    pin(pinned)
    do {
      var layout = SavedLayout()
      var outgoing: [Digest: OutgoingLayer] = [:]
      for (id, references) in chosen {
        guard let stored = images[id], let configuration = directories.blobBytes(id), ContentHash.of(configuration) == id else {
          throw ImageStoreError.invalid("the configuration of the image \(id.short) is damaged; see: muster image verify")
        }
        var layers: [OutgoingLayer] = []
        for diffID in stored.config.rootfs.diffIDs {
          let layer = if let known = outgoing[diffID] { known } else { try await outgoingLayer(diffID) }
          outgoing[diffID] = layer
          layers.append(layer)
        }
        try layout.add(
          configuration: configuration, manifest: stored.manifest.flatMap { directories.blobBytes($0) }, layers: layers,
          references: references)
      }
      try layout.finish(as: form)
      return (layout, pinned)
    } catch {
      unpin(pinned)
      throw error
    }
  }

  /// The images that are meant, in order, each with the names that it is saved under.
  public func chosen(_ names: [String]) throws(ImageStoreError) -> [(id: Digest, references: [ImageReference])] {
    var found: [(id: Digest, references: [ImageReference])] = []
    func add(_ id: Digest, _ references: [ImageReference]) {
      if let place = found.firstIndex(where: { $0.id == id }) {
        found[place].references += references.filter { !found[place].references.contains($0) }
      } else {
        found.append((id, references))
      }
    }
    for name in names {
      if let reference = try? ImageReference(name), reference.tag == nil, reference.digest == nil {
        let tags = self.names.filter {
          $0.key.registry == reference.registry && $0.key.repository == reference.repository && $0.key.tag != nil
        }
        for (tag, id) in tags.sorted(by: { $0.key < $1.key }) { add(id, [tag]) }
        if !tags.isEmpty { continue }
      }
      let (id, reference) = try lookUp(name)
      add(id, reference?.tag == nil ? [] : [reference].compactMap { $0 })
    }
    return found
  }

  private func outgoingLayer(_ diffID: Digest) async throws -> OutgoingLayer {
    guard let layer = layers[diffID] else { throw ImageStoreError.invalid("the layer \(diffID.short) is not here any more") }
    if let blob = layer.blob, (try? Descriptor.open(directories.blob(blob.digest), O_RDONLY).status().size) == blob.size {
      let compression = LayerCompression(mediaType: blob.mediaType) ?? .gzip
      let type = MediaType.layer + (compression == .none ? "" : "+\(compression.rawValue)")
      return OutgoingLayer(
        descriptor: ContentDescriptor(mediaType: type, digest: blob.digest, size: blob.size),
        source: .file(directories.blob(blob.digest)))
    }
    let tree = directories.layers + "/" + layer.name
    let size = try await onThread { cancellation in
      let measured = CanonicalTar(cancellation, isMeasuring: true)
      _ = try measured.layer(of: Descriptor.open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
      return measured.length
    }
    return OutgoingLayer(descriptor: ContentDescriptor(mediaType: MediaType.layer, digest: diffID, size: size), source: .tree(tree))
  }
}

/// The layout as a tar archive: what leads to the rest comes first.
private func write(
  _ layout: SavedLayout, _ cancellation: Cancellation, to put: @escaping (UnsafeRawBufferPointer) throws -> Void
) throws {
  func add(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try put($0) } }
  func begin(_ name: String, _ size: Int64, isDirectory: Bool = false) throws {
    let header = TarHeader(
      plain: name, type: isDirectory ? .directory : .file, permissions: isDirectory ? 0o755 : 0o644, size: size)
    try add(header.bytes(attributes: []))
  }
  func end(_ size: Int64) throws { try add([UInt8](repeating: 0, count: Int((512 - size % 512) % 512))) }
  func file(_ name: String, _ bytes: [UInt8]) throws {
    try begin(name, Int64(bytes.count))
    try add(bytes)
    try end(Int64(bytes.count))
  }
  for (name, bytes) in layout.files.reversed() where !name.hasPrefix("blobs/") { try file(name, bytes) }
  try begin("blobs/", 0, isDirectory: true)
  try begin("blobs/sha256/", 0, isDirectory: true)
  for (name, bytes) in layout.files where name.hasPrefix("blobs/") { try file(name, bytes) }
  for layer in layout.layers {
    try begin(SavedLayout.path(layer.descriptor.digest), layer.descriptor.size)
    try layer.write(cancellation, to: put)
    try end(layer.descriptor.size)
  }
  try add([UInt8](repeating: 0, count: 1024))
}

/// The layout as a directory; `index.json`, without which nothing of it counts, comes last.
private func write(_ layout: SavedLayout, intoDirectory path: String, _ cancellation: Cancellation) throws {
  let isNew = mkdir(path, 0o755) == 0
  if !isNew, errno != EEXIST { throw ImageStoreError.invalid("\(path) cannot be made: \(String(cString: strerror(errno)))") }
  let directory: Descriptor
  do { directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY) } catch {
    throw ImageStoreError.invalid("\(path) is no directory to save into: \(error.reason)")
  }
  guard try directory.entries().isEmpty else { throw ImageStoreError.conflict("\(path) is not empty: save into a new directory") }
  do {
    try directory.makeDirectory(at: "blobs", mode: 0o755)
    let blobs = try directory.open(at: "blobs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    try blobs.makeDirectory(at: "sha256", mode: 0o755)
    let root = RootedDirectory(try directory.duplicate())
    for layer in layout.layers {
      let file = SharedDescriptor(try root.createFile(SavedLayout.path(layer.descriptor.digest)))
      try layer.write(cancellation) { try file.descriptor.writeAll($0) }
    }
    for (name, bytes) in layout.files { try root.createFile(name).writeAll(bytes) }
    try directory.synchronizeFileSystem()
  } catch {
    try? directory.removeContents()
    if isNew { rmdir(path) }
    if let error = error as? KernelError { throw ImageStoreError.system("\(path): \(error.reason)") }
    throw error
  }
}
