/// One entry of `volumes` or `tmpfs`.
public struct Mount: Sendable, Codable, Equatable {
  /// `bind.recursive`: what becomes of mounts below a bind.
  public enum Recursion: String, Sendable, Codable, CaseIterable {
    /// They are bound too, and are read-only when it is.
    case enabled
    /// They are left out.
    case disabled
    /// They are bound too, and stay writable in a read-only bind.
    case writable
    /// They are bound too and are read-only, or nothing is bound.
    case readonly
  }
  public enum Source: Sendable, Codable, Equatable {
    /// A path of the host, absolute. `createsHostPath`: made as a directory when it is missing.
    case bind(path: String, createsHostPath: Bool, propagation: String?)
    /// A named volume, by its full name.
    case volume(VolumeName)
    /// A volume of this container alone, removed with `down -v` and `rm -v`.
    case anonymousVolume
    /// Options as Docker's `tmpfs`: size, mode, uid, gid.
    case tmpfs(size: ByteCount?, mode: UInt32?, uid: UInt32?, gid: UInt32?)
    /// What an image holds, by its name. What is written there goes with the container.
    case image(String)
  }
  public var source: Source
  /// Absolute path in the container.
  public var target: String
  public var isReadOnly: Bool
  /// `volume.nocopy`: an empty volume is not filled from the image.
  public var noCopy: Bool
  /// `volume.subpath`, `image.subpath`.
  public var subpath: String?
  /// Of a tmpfs: programs on it may be run; nil: not, as Docker has it.
  public var allowsPrograms: Bool?
  /// nil: as `enabled`.
  public var recursion: Recursion?
  /// Set by the engine for a small file of the project that is mounted read-only: says whether its content changed without saying what it is.
  public var fingerprint: String?
  public init(
    source: Source, target: String, isReadOnly: Bool = false, noCopy: Bool = false, subpath: String? = nil,
    recursion: Recursion? = nil
  ) {
    self.source = source
    self.target = target
    self.isReadOnly = isReadOnly
    self.noCopy = noCopy
    self.subpath = subpath
    self.recursion = recursion
  }
}

/// One entry of a service's `secrets` or `configs`: a file that the container gets.
public struct FileGrant: Sendable, Codable, Equatable {
  /// The key in the stack's `secrets` or `configs`.
  public var source: String
  /// Absolute path in the container.
  public var target: String
  /// nil: the service's user's.
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
    /// `external`: the secret of this name in the engine's own store.
    case stored(String)
  }
  public var origin: Origin
  /// `name`, when it is not the key.
  public var name: String?
  /// What is asked for and not carried out; nil: nothing.
  public var requests: FileSourceRequests?
  public init(origin: Origin, name: String? = nil, requests: FileSourceRequests? = nil) {
    self.origin = origin
    self.name = name
    self.requests = requests
  }
}
