/// `logging`: who keeps what a container writes.
public struct Logging: Sendable, Codable, Equatable {
  /// Docker's names. `local` is written as json-file is, and packed; `syslog` and `journald` keep a copy that `logs` reads.
  public enum Driver: String, Sendable, Codable, CaseIterable {
    case jsonFile = "json-file"
    case local, syslog, journald, none
  }
  public var driver: Driver
  /// A file is rotated at this size; 0, which is written as -1: never.
  public var maxSize: ByteCount
  /// Files kept, the current one included.
  public var maxFiles: Int
  /// All options, as they are written. nil: there are none, or the record is of a version that knew the two above and no others.
  public var options: [String: String]?
  public init(driver: Driver = .jsonFile, maxSize: ByteCount = 20_971_520, maxFiles: Int = 5, options: [String: String]? = nil) {
    self.driver = driver
    self.maxSize = maxSize
    self.maxFiles = maxFiles
    self.options = options
  }
}

extension Logging {
  /// Whether there is a file that `logs` reads.
  public var keepsFile: Bool {
    switch driver {
    case .jsonFile, .local: true
    case .syslog, .journald: truth("cache-disabled") != true
    case .none: false
    }
  }

  /// Whether files that have been rotated are packed. What a version made that knew of no packing is left as it is.
  public var packsFiles: Bool {
    guard let options, maxFiles > 1, keepsFile else { return false }
    switch driver {
    case .jsonFile: return truth("compress") ?? false
    case .local: return truth("compress") ?? true
    case .syslog, .journald: return options["cache-compress"] == nil || truth("cache-compress") == true
    case .none: return false
    }
  }

  /// How many bytes wait for a daemon before lines are left out: `max-buffer-size`, or Docker's mebibyte.
  public var longestQueue: ByteCount {
    guard let text = options?["max-buffer-size"], let size = ByteCount(text), size.bytes > 0 else { return 1_048_576 }
    return size
  }

  /// Whether the container waits a moment for a daemon that reads slowly: `mode` is not `non-blocking`.
  public var waits: Bool { options?["mode"] != "non-blocking" }

  /// The options that say how large files become, by what they say.
  static let sizes: Set<String> = ["max-size", "max-file", "cache-max-size", "cache-max-file"]

  /// The options without those that ``maxSize`` and ``maxFiles`` have taken up; nil: none.
  public var furtherOptions: [String: String]? {
    let rest = (options ?? [:]).filter { !Self.sizes.contains($0.key) }
    return rest.isEmpty ? nil : rest
  }

  func truth(_ option: String) -> Bool? { options?[option].flatMap(Self.truth) }

  /// As Go reads a truth value.
  static func truth(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
  }
}
