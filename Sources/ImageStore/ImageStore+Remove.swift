import Glibc
import LinuxKit
public import OCI
import SystemPackage

/// A container that stands on an image.
public struct ImageUse: Sendable, Equatable {
  /// Its id's first digits.
  public var container: String
  public var isRunning: Bool
  public init(container: String, isRunning: Bool) {
    self.container = container
    self.isRunning = isRunning
  }
}

/// What a removal did.
public struct ImageRemoval: Sendable, Equatable {
  /// Names, and digests of images and layers, in Docker's words: `Untagged: debian:bookworm`, `Deleted: sha256:…`.
  public var lines: [String] = []
  /// The names that an image has no more.
  public var untagged: [ImageReference] = []
  /// The image is gone itself, not only names of it.
  public var isDeleted = false
  /// Bytes of the files of the layers that are gone.
  public var reclaimed: Int64 = 0
  public init() {}
}

extension ImageStore {
  /// Takes a name away, or removes an image when it was the last name or the id was given, as `docker image rm` does.
  ///
  /// With the last tag of a repository go its digests. `use` tells which container stands on an image: then it is refused, or with `force`
  /// only loses its names, since the container needs its files. Throws ``ImageStoreError`` with Docker's messages.
  public func remove(_ reference: String, force: Bool = false, use: @Sendable (Digest) -> ImageUse?) async throws -> ImageRemoval {
    let (id, name) = try lookUp(reference)
    guard let stored = images[id] else { throw ImageStoreError.notFound(reference) }
    let going: [ImageReference]
    if let name {
      going = names(goingWith: name, stored.references)
      if !force, let used = use(id), Self.isOneName(stored.references) {
        throw ImageStoreError.conflict(
          "conflict: unable to remove repository reference \"\(reference)\" (must force) - container \(used.container) is using its"
            + " referenced image \(id.short)")
      }
    } else {
      try checkRemoval(of: id, stored.references, force: force, use(id))
      going = stored.references.sorted()
    }
    var removal = ImageRemoval()
    removal.untagged = going
    removal.lines = going.map { "Untagged: \($0)" }
    let deletes = Set(going).isSuperset(of: stored.references) && use(id) == nil
    try change { store in
      for name in going { store.take(name) }
      if deletes { store.images[id] = nil }
    }
    guard deletes else { return removal }
    unlink(directories.blob(id))
    if let manifest = stored.manifest, !images.values.contains(where: { $0.manifest == manifest }) { unlink(directories.blob(manifest)) }
    removal.isDeleted = true
    removal.lines.append("Deleted: \(id)")
    let sizes = layers.mapValues(\.size)
    let (removed, trees) = try collect(stored.config.rootfs.diffIDs.reversed())
    removal.lines += removed.map { "Deleted: \($0)" }
    removal.reclaimed = removed.reduce(0) { $0 + (sizes[$1] ?? 0) }
    try await Self.removeTrees(trees)
    return removal
  }

  /// A name, and with the last tag of its repository the digests there.
  private func names(goingWith name: ImageReference, _ all: Set<ImageReference>) -> [ImageReference] {
    let others = all.filter { $0 != name && $0.registry == name.registry && $0.repository == name.repository }
    guard name.digest == nil, others.allSatisfy({ $0.digest != nil }) else { return [name] }
    return [name] + others.sorted()
  }

  /// Whether the names are one tag of one repository, perhaps with its digest.
  private static func isOneName(_ references: Set<ImageReference>) -> Bool {
    references.count <= 1 || (Set(references.map(\.familiarName)).count == 1 && references.filter { $0.digest == nil }.count <= 1)
  }

  /// Whether an image may go that is called by its id.
  private func checkRemoval(of id: Digest, _ references: Set<ImageReference>, force: Bool, _ use: ImageUse?) throws(ImageStoreError) {
    func conflict(_ why: String, isHard: Bool = false) -> ImageStoreError {
      .conflict("conflict: unable to delete \(id.short) (\(isHard ? "cannot" : "must") be forced) - \(why)")
    }
    if let use, use.isRunning { throw conflict("image is being used by running container \(use.container)", isHard: true) }
    guard !force else { return }
    if !Self.isOneName(references) { throw conflict("image is referenced in multiple repositories") }
    if let use { throw conflict("image is being used by stopped container \(use.container)") }
  }

  /// Removes the layers that no image needs: what builds have left for the next build, and stages whose image is gone.
  public func removeUnusedLayers() async throws -> ImageRemoval {
    var removal = ImageRemoval()
    let sizes = layers.mapValues(\.size)
    let (removed, trees) = try collect(layers.keys.sorted())
    removal.lines = removed.map { "Deleted: \($0)" }
    removal.reclaimed = removed.reduce(0) { $0 + (sizes[$1] ?? 0) }
    try await Self.removeTrees(trees)
    return removal
  }

  /// Removes those of the layers that no image and nothing unfinished needs.
  func remove(unneeded candidates: [Digest]) async throws {
    let (_, trees) = try collect(candidates)
    try await Self.removeTrees(trees)
  }

  static func removeTrees(_ trees: [String]) async throws {
    try await onThread(isCancellable: false) { _ in
      for tree in trees { try removeTree(FilePath(tree)) }
    }
  }

  func take(_ name: ImageReference) {
    if let id = names.removeValue(forKey: name) { images[id]?.references.remove(name) }
  }
}
