import Glibc
import LinuxKit
public import OCI
import SystemPackage

extension ImageStore {
  /// A layer that is here.
  public func layer(_ diffID: Digest) -> Layer? { layers[diffID] }

  /// Names for an overlay's `lowerdir`, topmost first and at least one, of layers given lowest first.
  public func lower(_ diffIDs: [Digest]) -> [String] { layerNames(diffIDs) }

  /// Keeps layers from being removed until ``unpin(_:)``.
  public func pin(_ diffIDs: [Digest]) {
    for diffID in diffIDs { pins[diffID, default: 0] += 1 }
  }

  public func unpin(_ diffIDs: [Digest]) {
    for diffID in diffIDs {
      if let count = pins[diffID] { pins[diffID] = count > 1 ? count - 1 : nil }
    }
  }

  /// A new directory, absolute, on the store's file system, for an upper directory and the like; `name` is relative to ``layersDirectory``.
  ///
  /// Whoever made it removes it with ``discard(_:)``; the next opening of the store does too.
  public nonisolated func makeWorkspace() throws -> Workspace {
    let path = try directories.makeTemporary()
    return Workspace(path: path, name: "../temp/" + (path.split(separator: "/").last.map(String.init) ?? ""))
  }

  /// A place under the store's temporary directory.
  public struct Workspace: Sendable {
    public let path: String
    /// The same, relative to ``ImageStore/layersDirectory``.
    public let name: String
  }

  public nonisolated func discard(_ workspace: Workspace) async throws {
    try await onThread(isCancellable: false) { _ in try removeTree(FilePath(workspace.path)) }
  }

  /// Makes a layer of an overlay's upper directory, which is moved into the store. Pinned once for the caller.
  public func commitLayer(from upper: String) async throws -> Layer {
    let limit = limits.entries
    let layer = try await onThread { cancellation in
      let tree = try Descriptor.open(upper, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      let stream = CanonicalTar(cancellation, entryLimit: limit)
      let layer = try stream.layer(of: tree)
      try tree.synchronizeFileSystem()
      return layer
    }
    return try publish(upper, as: layer)
  }

  /// Gives a synchronised tree its place. Pinned once for the caller.
  func publish(_ tree: String, as layer: Layer) throws -> Layer {
    if let known = layers[layer.diffID] {
      try removeTree(FilePath(tree))
      pin([layer.diffID])
      return known
    }
    try directories.publish(tree, as: layer)
    layers[layer.diffID] = layer
    pin([layer.diffID])
    return layer
  }

  /// Takes those of `candidates` out that no image and nothing unfinished needs; returns which, and where the trees wait to be removed.
  func collect(_ candidates: [Digest]) throws -> (removed: [Digest], trees: [String]) {
    let needed = Set(images.values.flatMap(\.config.rootfs.diffIDs)).union(pins.keys)
    var removed: [Digest] = []
    var trees: [String] = []
    for diffID in candidates where !needed.contains(diffID) {
      guard let layer = layers.removeValue(forKey: diffID) else { continue }
      trees.append(try directories.hideLayer(layer))
      if let blob = layer.blob { unlink(directories.blob(blob.digest)) }
      removed.append(diffID)
    }
    return (removed, trees)
  }
}
