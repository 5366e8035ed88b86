public import OCI

/// An image of the store.
public struct Image: Sendable, Equatable {
  /// The digest of its configuration, as Docker's image ids are.
  public var id: Digest
  public var config: ImageConfig
  /// `debian:bookworm`, in familiar form, sorted.
  public var references: [String]
  /// `debian@sha256:…`, in familiar form, sorted: what a registry calls it.
  public var digests: [String]
  /// Names under ``ImageStore/layersDirectory``, topmost first, at least one: an overlay's `lowerdir`.
  public var layers: [String]
  /// Bytes of the files of its layers.
  public var size: Int64
  public init(id: Digest, config: ImageConfig, references: [String], digests: [String] = [], layers: [String], size: Int64) {
    self.id = id
    self.config = config
    self.references = references
    self.digests = digests
    self.layers = layers
    self.size = size
  }
}

/// An unpacked layer: the digest of its tar stream, and what it takes.
public struct Layer: Sendable, Codable, Equatable {
  public var diffID: Digest
  /// Bytes of its files.
  public var size: Int64
  /// The layer's root is opaque: nothing of the layers below shows through.
  public var hidesLower: Bool
  /// Its packed content as it came from a registry, which is kept; nil: there is none.
  public var blob: ContentDescriptor?
  public init(diffID: Digest, size: Int64, hidesLower: Bool = false) {
    self.diffID = diffID
    self.size = size
    self.hidesLower = hidesLower
  }

  /// The directory's name: short, since an overlay's options must fit into one page.
  public var name: String { Layer.name(diffID) }
  static func name(_ diffID: Digest) -> String { String(diffID.hex.prefix(26)) }
}
