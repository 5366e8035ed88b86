import Glibc
import LinuxKit
public import OCI
import SystemPackage

extension ImageStore {
  /// Imports one image; see ``importImages(path:reference:)``.
  public func importImage(path: String, reference: ImageReference?, root: RootImage = RootImage()) async throws -> Image {
    let report = try await importImages(path: path, reference: reference, root: root)
    guard let image = report.images.first else { throw ImageStoreError.invalid("\(path) has no image") }
    return image
  }

  /// Imports a root file system's archive, or a saved image (`docker save`, an OCI layout as archive or directory), from this machine.
  ///
  /// Archives may be compressed with gzip, bzip2, xz or zstd. `reference` names the image; without one the names that it was saved under are
  /// used. Nothing is visible until all of it is verified and on disk. The same root file system again gives the same image.
  ///
  /// `isSaved`: it must be a saved image. `root`: what the image of a root file system is to be; a saved image, which has its
  /// own configuration, is refused when that says anything.
  public func importImages(
    path: String, reference: ImageReference?, isSaved: Bool = false, root: RootImage = RootImage()
  ) async throws -> ImportReport {
    let workspace = try makeWorkspace()
    do {
      let report = try await importImages(path: path, reference: reference, isSaved: isSaved, root: root, in: workspace)
      try await discard(workspace)
      return report
    } catch {
      try? await discard(workspace)
      throw error
    }
  }

  /// The same for a caller who has a workspace, and discards it.
  func importImages(
    path: String, reference: ImageReference?, isSaved: Bool, root: RootImage = RootImage(), in workspace: Workspace
  ) async throws -> ImportReport {
    let limits = self.limits
    let known = Set(layers.keys)
    let prepared = try await onThread {
      try PreparedImport(path: path, workspace: workspace.path, known: known, limits: limits, isSaved: isSaved, $0)
    }
    if !root.isPlain, prepared.form != .rootFilesystem {
      throw ImageStoreError.invalid(
        "this is a saved image (\(prepared.form.rawValue)), which has a configuration of its own: nothing of it can be changed")
    }
    var pinned: [Digest] = []
    defer { unpin(pinned) }
    for (tree, layer) in prepared.trees {
      if layers[layer.diffID] == nil, let blob = layer.blob, let archive = prepared.archives[blob.digest] {
        try directories.keep(archive, as: blob.digest)
      }
      pinned.append(try publish(tree, as: layer).diffID)
    }
    var report = ImportReport(form: prepared.form, images: [], notes: prepared.notes)
    if let rootLayer = prepared.rootLayer {
      report.images = [try addRoot(rootLayer, root, from: path, reference: reference)]
      return report
    }
    guard reference == nil || prepared.images.count == 1 else {
      let names = prepared.images.map { $0.references.first?.familiar ?? "<none>" }.joined(separator: ", ")
      throw ImageStoreError.invalid("\(path) has \(prepared.images.count) images (\(names)): import it without a name")
    }
    for image in prepared.images {
      let references = reference.map { [$0] } ?? image.references
      report.notes += displaced(by: references, ContentHash.of(image.configuration))
      report.images.append(
        try add(configuration: image.configuration, references: references, manifest: try keepManifest(of: image)))
    }
    return report
  }

  /// What images lose their names to one that comes in, in Docker's words.
  private func displaced(by references: [ImageReference], _ id: Digest) -> [String] {
    references.map(\.orLatest).compactMap { reference in
      guard let old = names[reference], old != id else { return nil }
      return "The image \(reference) already exists, renaming the old one with ID \(old) to empty string"
    }
  }

  /// Keeps the manifest that an image was saved with, for an image that has none yet: it then goes out as it came.
  private func keepManifest(of image: SavedImage) throws -> Digest? {
    guard let bytes = image.manifest, images[ContentHash.of(image.configuration)]?.manifest == nil else { return nil }
    let digest = ContentHash.of(bytes)
    try atomicWrite(FilePath(directories.blob(digest)), bytes, mode: 0o600)
    return digest
  }

  /// An image of one layer, as `docker import` makes it. One of the same content under the same name stays as it is.
  private func addRoot(_ layer: Layer, _ root: RootImage, from path: String, reference: ImageReference?) throws -> Image {
    if let reference, let id = names[reference.orLatest], let old = images[id], old.config.rootfs.diffIDs == [layer.diffID],
      root.isMet(by: old.config), let image = image(id)
    {
      return image
    }
    let now = ImageTime.now()
    let file = root.source ?? path.split(separator: "/").last.map(String.init) ?? path
    let config = ImageConfig(
      created: now, architecture: root.platform.architecture, os: root.platform.os, config: root.execution,
      rootfs: .init(diffIDs: [layer.diffID]), history: [.init(created: now, comment: root.message ?? "Imported from \(file)")])
    return try add(config: config, references: reference.map { [$0] } ?? [])
  }
}

/// Moments as images write them (RFC 3339, UTC).
public enum ImageTime {
  public static func now() -> String {
    let now = WallClock.nanoseconds()
    return text(seconds: now / 1_000_000_000, nanoseconds: now % 1_000_000_000)
  }

  /// `2026-01-02T03:04:05.000000000Z`
  public static func text(seconds: Int64, nanoseconds: Int64) -> String {
    var parts = tm()
    var time = time_t(seconds)
    gmtime_r(&time, &parts)
    func pad(_ value: some BinaryInteger, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return pad(parts.tm_year + 1900, 4) + "-" + pad(parts.tm_mon + 1, 2) + "-" + pad(parts.tm_mday, 2) + "T" + pad(parts.tm_hour, 2) + ":"
      + pad(parts.tm_min, 2) + ":" + pad(parts.tm_sec, 2) + "." + pad(nanoseconds, 9) + "Z"
  }
}
