public import OCI

/// Something of the store that is not what it was.
public struct ImageDamage: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    /// It is as it was again, and how.
    case repaired(String)
    /// Why it is still damaged, and what to do.
    case damaged(String)
  }
  /// The layer's, configuration's or manifest's digest.
  public var digest: Digest
  /// The images that it is a part of, by a name or the beginning of the id.
  public var images: [String]
  /// `the layer 0123456789ab: /usr/bin/env has other content`
  public var what: String
  public var outcome: Outcome

  public var isRepaired: Bool { if case .repaired = outcome { true } else { false } }
}

/// What a look at everything has found.
public struct Verification: Sendable, Equatable {
  public var images = 0
  public var layers = 0
  public var damage: [ImageDamage] = []
  public init() {}
}
