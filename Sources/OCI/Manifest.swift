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

  public static func isManifest(_ type: String) -> Bool { type == manifest || type == dockerManifest }
  public static func isIndex(_ type: String) -> Bool { type == index || type == dockerIndex }
}
