import Glibc
import LinuxKit
public import OCI
import SystemPackage

extension ImageStore {
  /// Takes a name away, or removes an image when it was the last name or the id was given, as `docker image rm` does.
  ///
  /// `inUse` tells whether a container stands on an image: then it is refused, or with `force` only loses its names. Returns Docker's lines
  /// (`Untagged: debian:bookworm`, `Deleted: sha256:…`). Throws ``ImageStoreError``.
  public func remove(_ reference: String, force: Bool = false, inUse: @Sendable (Digest) -> Bool) async throws -> [String] {
    let (id, name) = try lookUp(reference)
    guard let stored = images[id] else { throw ImageStoreError.notFound(reference) }
    if let name, stored.references.count > 1 {
      try change { $0.take(name) }
      return ["Untagged: \(name)"]
    }
    let isUsed = inUse(id)
    if isUsed, !force {
      throw ImageStoreError.conflict("the image \(reference) is used by a container: remove the container first, or force")
    }
    if name == nil, !force, Set(stored.references.map(\.familiarName)).count > 1 {
      let names = stored.references.map(\.familiar).sorted().joined(separator: ", ")
      throw ImageStoreError.conflict("the image \(id.short) has several names (\(names)): remove them one by one, or force")
    }
    var lines = stored.references.sorted().map { "Untagged: \($0)" }
    try change { store in
      for name in stored.references { store.take(name) }
      if !isUsed { store.images[id] = nil }
    }
    if isUsed { return lines }
    unlink(directories.blob(id))
    lines.append("Deleted: \(id)")
    let (removed, trees) = try collect(stored.config.rootfs.diffIDs.reversed())
    lines += removed.map { "Deleted: \($0)" }
    try await Self.removeTrees(trees)
    return lines
  }

  /// Removes the layers that no image needs: what builds have left for the next build, and stages whose image is gone. Returns which.
  public func removeUnusedLayers() async throws -> [Digest] {
    let (removed, trees) = try collect(layers.keys.sorted())
    try await Self.removeTrees(trees)
    return removed
  }

  /// Removes those of the layers that no image and nothing unfinished needs.
  func remove(unneeded candidates: [Digest]) async throws {
    let (_, trees) = try collect(candidates)
    try await Self.removeTrees(trees)
  }

  private static func removeTrees(_ trees: [String]) async throws {
    try await onThread(isCancellable: false) { _ in
      for tree in trees { try removeTree(FilePath(tree)) }
    }
  }

  func take(_ name: ImageReference) {
    if let id = names.removeValue(forKey: name) { images[id]?.references.remove(name) }
  }
}
