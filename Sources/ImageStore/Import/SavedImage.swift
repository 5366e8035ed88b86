import OCI

/// An image in a saved form: its configuration's bytes, its layers' files, and the names that it was saved under.
struct SavedImage {
  static let configurationLimit = 8 << 20
  static let manifestLimit = 4 << 20

  var configuration: [UInt8]
  var config: ImageConfig
  /// Paths inside the saved tree, lowest layer first.
  var layers: [String]
  var references: [ImageReference]
  /// The bytes of the manifest that described it; nil: it had none.
  var manifest: [UInt8]?

  init(configuration: [UInt8], layers: [String], references: [ImageReference], manifest: [UInt8]? = nil) throws {
    self.configuration = configuration
    self.manifest = manifest
    do { config = try JSON.decode(ImageConfig.self, from: configuration) } catch {
      throw ImageStoreError.invalid("the image's configuration cannot be read: \(error)")
    }
    guard config.rootfs.type == "layers", config.rootfs.diffIDs.count == layers.count else {
      throw ImageStoreError.invalid(
        "the image names \(config.rootfs.diffIDs.count) layers in its configuration and \(layers.count) in its manifest")
    }
    self.layers = layers
    self.references = references
  }
}
