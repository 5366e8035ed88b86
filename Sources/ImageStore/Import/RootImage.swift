public import OCI

/// What an image is to be that is made of a root file system alone.
public struct RootImage: Sendable {
  public var execution: ImageConfig.Execution
  /// What was done; nil: where it is from.
  public var message: String?
  public var platform: Platform
  /// Where it is from, as people know it; nil: the file's name.
  public var source: String?
  public init(
    execution: ImageConfig.Execution = ImageConfig.Execution(), message: String? = nil, platform: Platform = .current, source: String? = nil
  ) {
    self.source = source
    self.execution = execution
    self.message = message
    self.platform = platform
  }

  /// Nothing is said that a saved image says by itself.
  var isPlain: Bool { execution == ImageConfig.Execution() && message == nil && platform == .current }

  /// Whether an image of that configuration is one already.
  func isMet(by config: ImageConfig) -> Bool {
    (config.config ?? ImageConfig.Execution()) == execution && config.os == platform.os && config.architecture == platform.architecture
      && (message == nil || config.history?.last?.comment == message)
  }
}
