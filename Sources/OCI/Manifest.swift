/// A reference to content by digest (OCI Image Specification, "Content Descriptors").
public struct ContentDescriptor: Hashable, Sendable, Codable {
  public var mediaType: String
  public var digest: Digest
  /// Bytes.
  public var size: Int64
  public var annotations: [String: String]?
  public var platform: Platform?
  public init(mediaType: String, digest: Digest, size: Int64, annotations: [String: String]? = nil, platform: Platform? = nil) {
    self.mediaType = mediaType
    self.digest = digest
    self.size = size
    self.annotations = annotations
    self.platform = platform
  }
}

/// One image: its configuration and its layers, lowest first (OCI Image Specification, "Image Manifest").
public struct ImageManifest: Sendable, Codable, Equatable {
  public var schemaVersion = 2
  public var mediaType: String?
  public var config: ContentDescriptor
  public var layers: [ContentDescriptor]
  public var annotations: [String: String]?
  public init(mediaType: String? = MediaType.manifest, config: ContentDescriptor, layers: [ContentDescriptor]) {
    self.mediaType = mediaType
    self.config = config
    self.layers = layers
  }
}

/// Several manifests, one a platform (OCI Image Specification, "Image Index").
public struct ImageIndex: Sendable, Codable, Equatable {
  public var schemaVersion = 2
  public var mediaType: String?
  public var manifests: [ContentDescriptor]
  public var annotations: [String: String]?
  public init(mediaType: String? = MediaType.index, manifests: [ContentDescriptor]) {
    self.mediaType = mediaType
    self.manifests = manifests
  }
}

/// The media types that an image is made of, the specification's and Docker's older ones.
public enum MediaType {
  public static let manifest = "application/vnd.oci.image.manifest.v1+json"
  public static let index = "application/vnd.oci.image.index.v1+json"
  public static let config = "application/vnd.oci.image.config.v1+json"
  public static let layer = "application/vnd.oci.image.layer.v1.tar"
  public static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
  public static let dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json"
  public static let dockerConfig = "application/vnd.docker.container.image.v1+json"
  public static let dockerLayer = "application/vnd.docker.image.rootfs.diff.tar"

  public static func isManifest(_ type: String) -> Bool { type == manifest || type == dockerManifest }
  public static func isIndex(_ type: String) -> Bool { type == index || type == dockerIndex }
  public static func isConfig(_ type: String) -> Bool { type == config || type == dockerConfig }
  /// Docker's first form of manifests, which nothing has written since 2017.
  public static func isSchema1(_ type: String) -> Bool { type.hasPrefix("application/vnd.docker.distribution.manifest.v1+") }
}

/// How a layer's tar stream is packed, as its media type says.
public enum LayerCompression: String, Sendable, Codable {
  case none, gzip, zstd

  /// nil: the media type is none of a layer that can be had from its registry.
  public init?(mediaType: String) {
    switch mediaType {
    case MediaType.layer, MediaType.dockerLayer, "application/vnd.oci.image.layer.nondistributable.v1.tar": self = .none
    case MediaType.layer + "+gzip", MediaType.dockerLayer + ".gzip", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip":
      self = .gzip
    case MediaType.layer + "+zstd", MediaType.dockerLayer + ".zstd", "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd":
      self = .zstd
    default: return nil
    }
  }

  /// By the first bytes of the content.
  public init(magic: some Collection<UInt8>) {
    if magic.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      || (magic.count >= 4 && magic.dropFirst().starts(with: [0x2A, 0x4D, 0x18]) && (magic.first ?? 0) & 0xF0 == 0x50)
    {
      self = .zstd
    } else {
      self = .none
    }
  }
}
