/// One entry of `volumes` or `tmpfs`.
public struct Mount: Sendable, Codable, Equatable {
  public enum Source: Sendable, Codable, Equatable {
    /// A path of the host, absolute. `createsHostPath`: made as a directory when it is missing.
    case bind(path: String, createsHostPath: Bool, propagation: String?)
    /// A named volume, by its full name.
    case volume(VolumeName)
    /// A volume of this container alone, removed with `down -v` and `rm -v`.
    case anonymousVolume
    /// Options as Docker's `tmpfs`: size, mode, uid, gid.
    case tmpfs(size: ByteCount?, mode: UInt32?, uid: UInt32?, gid: UInt32?)
  }
  public var source: Source
  /// Absolute path in the container.
  public var target: String
  public var isReadOnly: Bool
  /// `volume.nocopy`: an empty volume is not filled from the image.
  public var noCopy: Bool
  /// `volume.subpath`.
  public var subpath: String?
  public init(source: Source, target: String, isReadOnly: Bool = false, noCopy: Bool = false, subpath: String? = nil) {
    self.source = source
    self.target = target
    self.isReadOnly = isReadOnly
    self.noCopy = noCopy
    self.subpath = subpath
  }
}

/// One entry of a service's `secrets` or `configs`: a file that the container gets.
public struct FileGrant: Sendable, Codable, Equatable {
  /// The key in the stack's `secrets` or `configs`.
  public var source: String
  /// Absolute path in the container.
  public var target: String
  /// nil: root's.
  public var uid: String?
  public var gid: String?
  /// Permission bits; nil: 0444.
  public var mode: UInt32?
  /// Set by the engine: says whether the content changed without saying what it is.
  public var fingerprint: String?
  public init(
    source: String, target: String, uid: String? = nil, gid: String? = nil, mode: UInt32? = nil, fingerprint: String? = nil
  ) {
    self.source = source
    self.target = target
    self.uid = uid
    self.gid = gid
    self.mode = mode
    self.fingerprint = fingerprint
  }
}

/// Where a secret's or a config's content comes from.
public struct FileSource: Sendable, Codable, Equatable {
  public enum Origin: Sendable, Codable, Equatable {
    /// Absolute path.
    case file(String)
    /// A variable of the environment of whoever ran the command. The value travels beside the stack, never in it.
    case environment(String)
    /// `content` of a config, interpolated. Not for secrets.
    case content(String)
  }
  public var origin: Origin
  /// `name`, when it is not the key.
  public var name: String?
  public init(origin: Origin, name: String? = nil) {
    self.origin = origin
    self.name = name
  }
}
