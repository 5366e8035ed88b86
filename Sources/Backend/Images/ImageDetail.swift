public import OCI

/// Everything that is known of an image.
public struct ImageDetail: Sendable, Codable, Equatable {
  public var summary: ImageSummary
  public var config: ImageConfig
  /// Bytes of each layer's files, lowest first.
  public var layerSizes: [Int64]
  /// Where the unpacked layers are, topmost first.
  public var directories: [String]
  public init(summary: ImageSummary, config: ImageConfig, layerSizes: [Int64], directories: [String]) {
    self.summary = summary
    self.config = config
    self.layerSizes = layerSizes
    self.directories = directories
  }
}
