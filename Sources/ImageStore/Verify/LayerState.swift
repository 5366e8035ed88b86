import Glibc
import LinuxKit
import OCI

/// What a look at a layer on the disk has found.
struct LayerState: Sendable {
  /// What is wrong with its files; nil: nothing.
  var treeDamage: String?
  /// Its packed content is not what it was.
  var hasDamagedBlob = false
  /// Its files anew, out of its packed content.
  var fresh: String?
  /// Nothing here says what its files should be.
  var isUnknown = false

  /// Reads all of it. Blocks. `workspace`: where the files are unpacked for comparison.
  init(of layer: Layer, tree: String, blob: String?, workspace: String, limits: UnpackLimits, _ cancellation: Cancellation) throws {
    if let blob, let descriptor = layer.blob {
      if let place = try? Self.unpacked(blob, descriptor, layer, workspace, limits, cancellation) {
        fresh = place
        treeDamage = try Self.difference(of: tree, from: place, cancellation)
        return
      }
      try cancellation.check()
      hasDamagedBlob = true
    }
    do {
      // Layers that were made here are their own measure.
      let made = try CanonicalTar(cancellation).layer(of: Descriptor.open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)).diffID
      guard made != layer.diffID else { return }
    } catch let error as CancellationError {
      throw error
    } catch {
      treeDamage = "its files cannot be read: \(error)"
      return
    }
    if layer.blob == nil { treeDamage = "its files are not what they were" } else { isUnknown = true }
  }

  /// The packed content's files in a new directory; throws when they are not what they were.
  private static func unpacked(
    _ blob: String, _ descriptor: ContentDescriptor, _ layer: Layer, _ workspace: String, _ limits: UnpackLimits,
    _ cancellation: Cancellation
  ) throws -> String {
    let file = try Descriptor.open(blob, O_RDONLY | O_NOFOLLOW)
    try OutgoingLayer(descriptor: descriptor, source: .file(blob)).write(cancellation) { _ in }
    guard try file.status().size == descriptor.size else { throw ImageStoreError.invalid("it has another size") }
    let place = workspace + "/fresh"
    let unpacked = try UnpackedTree(DecompressedFile(file, limits: limits, cancellation: cancellation), into: place, limits: limits)
    guard unpacked.layer.diffID == layer.diffID else { throw ImageStoreError.invalid("it unpacks to another layer") }
    return place
  }

  private static func difference(of tree: String, from model: String, _ cancellation: Cancellation) throws -> String? {
    do {
      return try TreeComparison(cancellation).difference(
        of: Descriptor.open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), from: Descriptor.open(model, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    } catch let error as KernelError {
      return "its files cannot be read: \(error)"
    }
  }
}
