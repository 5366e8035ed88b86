public import Reconciler

/// What the engine takes on the disk.
public struct DiskUsage: Sendable, Codable, Equatable {
  public struct ImageUsage: Sendable, Codable, Equatable {
    public var summary: ImageSummary
    /// Bytes that other images have too.
    public var shared: Int64
    /// Containers that stand on it.
    public var containers: Int
    public init(summary: ImageSummary, shared: Int64, containers: Int) {
      self.summary = summary
      self.shared = shared
      self.containers = containers
    }
  }
  public struct ContainerUsage: Sendable, Codable, Equatable {
    public var observed: ObservedContainer
    /// Bytes of what it has written, its log included.
    public var size: Int64
    public var volumes: Int
    public init(observed: ObservedContainer, size: Int64, volumes: Int) {
      self.observed = observed
      self.size = size
      self.volumes = volumes
    }
  }
  public struct VolumeUsage: Sendable, Codable, Equatable {
    public var summary: VolumeSummary
    /// Containers that have it mounted.
    public var links: Int
    public init(summary: VolumeSummary, links: Int) {
      self.summary = summary
      self.links = links
    }
  }
  /// What builds have kept for the next build.
  public struct CacheUsage: Sendable, Codable, Equatable {
    public var id: String
    /// `layer` or `cache mount`.
    public var type: String
    public var size: Int64
    public init(id: String, type: String, size: Int64) {
      self.id = id
      self.type = type
      self.size = size
    }
  }
  /// Bytes of all layers of images, each counted once.
  public var layersSize: Int64
  /// Of those, bytes that no container stands on.
  public var reclaimableImages: Int64
  public var images: [ImageUsage]
  public var containers: [ContainerUsage]
  public var volumes: [VolumeUsage]
  public var cache: [CacheUsage]
  public init(
    layersSize: Int64, reclaimableImages: Int64, images: [ImageUsage], containers: [ContainerUsage], volumes: [VolumeUsage],
    cache: [CacheUsage]
  ) {
    self.layersSize = layersSize
    self.reclaimableImages = reclaimableImages
    self.images = images
    self.containers = containers
    self.volumes = volumes
    self.cache = cache
  }
}
