public import OCI

/// How the images are to be verified.
public struct VerifyRequest: Sendable, Codable, Equatable {
  /// What has rotted is made anew where that is possible.
  public var repairs: Bool
  /// For the registries that it may come from. Never stored.
  public var credentials: [String: RegistryCredential]
  public init(repairs: Bool = true, credentials: [String: RegistryCredential] = [:]) {
    self.repairs = repairs
    self.credentials = credentials
  }
}

/// What was found.
public struct VerifyReport: Sendable, Codable, Equatable {
  public struct Damage: Sendable, Codable, Equatable {
    public var digest: Digest
    /// The images that it is a part of.
    public var images: [String]
    public var what: String
    public var isRepaired: Bool
    /// How, or what to do.
    public var detail: String
    public init(digest: Digest, images: [String], what: String, isRepaired: Bool, detail: String) {
      self.digest = digest
      self.images = images
      self.what = what
      self.isRepaired = isRepaired
      self.detail = detail
    }
  }
  public var images: Int
  public var layers: Int
  public var damage: [Damage]
  /// What was found when the engine opened its store.
  public var problems: [String]
  public init(images: Int, layers: Int, damage: [Damage], problems: [String]) {
    self.images = images
    self.layers = layers
    self.damage = damage
    self.problems = problems
  }
}
