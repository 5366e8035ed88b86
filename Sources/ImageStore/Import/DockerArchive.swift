import LinuxKit
import OCI

/// What `docker save` writes: `manifest.json` names configurations and layers by path.
enum DockerArchive {
  private struct Item: Decodable {
    var Config: String
    var RepoTags: [String]?
    var Layers: [String]?
  }

  static func images(in tree: borrowing RootedDirectory) throws -> [SavedImage] {
    let items: [Item]
    do { items = try JSON.decode([Item].self, from: tree.read("manifest.json", limit: SavedImage.manifestLimit)) } catch {
      throw ImageStoreError.invalid("manifest.json of the archive cannot be read: \(error)")
    }
    guard !items.isEmpty else { throw ImageStoreError.invalid("manifest.json of the archive names no image") }
    var images: [SavedImage] = []
    for item in items {
      let configuration = try saved(item.Config) { () throws(KernelError) in
        try tree.read(item.Config, limit: SavedImage.configurationLimit)
      }
      // The configuration is named by its digest; one that is not what its name says was changed.
      let name = item.Config.split(separator: "/").last.map(String.init) ?? ""
      if let digest = Digest(entry: name), digest != ContentHash.of(configuration) {
        throw ImageStoreError.invalid("\(item.Config) of the archive does not have the digest that is its name")
      }
      images.append(
        try SavedImage(
          configuration: configuration, layers: item.Layers ?? [], references: try (item.RepoTags ?? []).map { try ImageReference($0) }))
    }
    return images
  }

  /// Reads a part of a saved image and says which one when it cannot.
  static func saved(_ name: String, _ read: () throws(KernelError) -> [UInt8]) throws -> [UInt8] {
    do { return try read() } catch {
      throw ImageStoreError.invalid("the saved image's part \"\(name.prefix(300))\" cannot be read: \(error.reason)")
    }
  }
}
