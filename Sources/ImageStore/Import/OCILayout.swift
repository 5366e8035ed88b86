import LinuxKit
import OCI

/// OCI Image Specification, "Image Layout": `index.json` leads to manifests, these to configurations and layers, all by digest.
enum OCILayout {
  /// The images for this machine's platform.
  static func images(in tree: borrowing RootedDirectory) throws -> [SavedImage] {
    let bytes = try DockerArchive.saved("index.json") { () throws(KernelError) in
      try tree.read("index.json", limit: SavedImage.manifestLimit)
    }
    var images: [SavedImage] = []
    var skipped: [String] = []
    for descriptor in try index(bytes, "index.json").manifests {
      if let image = try image(descriptor, in: tree, depth: 0, skipped: &skipped) { images.append(image) }
    }
    guard !images.isEmpty else {
      let found = skipped.isEmpty ? "none at all" : "only " + skipped.joined(separator: ", ")
      throw ImageStoreError.invalid("the layout has no image for \(Platform.current), \(found)")
    }
    return images
  }

  private static func image(
    _ descriptor: ContentDescriptor, in tree: borrowing RootedDirectory, depth: Int, skipped: inout [String]
  ) throws -> SavedImage? {
    guard depth < 4 else { throw ImageStoreError.invalid("the layout's indexes are nested too deep") }
    if let platform = descriptor.platform, !isOurs(platform) {
      skipped.append(platform.description)
      return nil
    }
    let bytes = try blob(descriptor, limit: SavedImage.manifestLimit, in: tree)
    var image: SavedImage?
    if MediaType.isIndex(descriptor.mediaType) {
      for inner in try index(bytes, descriptor.digest.description).manifests where image == nil {
        image = try self.image(inner, in: tree, depth: depth + 1, skipped: &skipped)
      }
    } else if MediaType.isManifest(descriptor.mediaType) {
      image = try manifest(bytes, descriptor.digest, in: tree)
      if let found = image, descriptor.platform == nil {
        let platform = Platform(os: found.config.os, architecture: found.config.architecture)
        if !isOurs(platform) {
          skipped.append(platform.description)
          return nil
        }
      }
    } else {
      skipped.append(descriptor.mediaType)
      return nil
    }
    if let name = descriptor.annotations?["io.containerd.image.name"], let reference = try? ImageReference(name) {
      image?.references = [reference]
    } else if let name = descriptor.annotations?["org.opencontainers.image.ref.name"], name.contains(":") || name.contains("/"),
      let reference = try? ImageReference(name)
    {
      // A bare word there is a tag without a name.
      image?.references = [reference]
    }
    return image
  }

  private static func manifest(_ bytes: [UInt8], _ digest: Digest, in tree: borrowing RootedDirectory) throws -> SavedImage {
    let manifest: ImageManifest
    do {
      try refuseBoth(bytes)
      manifest = try JSON.decode(ImageManifest.self, from: bytes)
    } catch let error as ImageStoreError { throw error } catch {
      throw ImageStoreError.invalid("the manifest \(digest.short) cannot be read: \(error)")
    }
    let configuration = try blob(manifest.config, limit: SavedImage.configurationLimit, in: tree)
    return try SavedImage(configuration: configuration, layers: manifest.layers.map { path($0.digest) }, references: [], manifest: bytes)
  }

  /// A document that is both an index and a manifest means different things to different readers (GHSA-77vh-xpmg-72qh).
  private static func refuseBoth(_ bytes: [UInt8]) throws {
    struct Keys: Decodable {
      var manifests: [Ignored]?
      var layers: [Ignored]?
      var config: Ignored?
    }
    struct Ignored: Decodable {}
    let keys = try JSON.decode(Keys.self, from: bytes)
    if keys.manifests != nil, keys.layers != nil || keys.config != nil {
      throw ImageStoreError.invalid("a document of the layout is both an index and a manifest")
    }
  }

  private static func index(_ bytes: [UInt8], _ name: String) throws -> ImageIndex {
    do {
      try refuseBoth(bytes)
      return try JSON.decode(ImageIndex.self, from: bytes)
    } catch let error as ImageStoreError { throw error } catch {
      throw ImageStoreError.invalid("\(name) of the layout cannot be read: \(error)")
    }
  }

  /// Content that has the size and digest that it was described with.
  private static func blob(_ descriptor: ContentDescriptor, limit: Int, in tree: borrowing RootedDirectory) throws -> [UInt8] {
    let bytes = try DockerArchive.saved(descriptor.digest.description) { () throws(KernelError) in
      try tree.read(path(descriptor.digest), limit: limit)
    }
    guard Int64(bytes.count) == descriptor.size, ContentHash.of(bytes) == descriptor.digest else {
      throw ImageStoreError.invalid("the layout's \(descriptor.digest) has other content than its digest says")
    }
    return bytes
  }

  private static func path(_ digest: Digest) -> String { "blobs/sha256/" + digest.hex }

  private static func isOurs(_ platform: Platform) -> Bool {
    platform.os == Platform.current.os && platform.architecture == Platform.current.architecture
  }
}
