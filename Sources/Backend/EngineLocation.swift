import Glibc

/// Where an engine keeps its things on this machine. Two engines with different roots do not touch each other.
public struct EngineLocation: Sendable, Equatable {
  /// The root without a variable or a flag: `/var/lib/muster`.
  public static let defaultRoot = "/var/lib/muster"

  /// State, images, volumes, container roots. Absolute, without `.`, `..` and trailing slash.
  public let root: String
  /// Sockets, locks and what else ends with the machine's uptime. Absolute.
  public let runDirectory: String

  /// - Parameters:
  ///   - root: nil or empty: `/var/lib/muster`. Relative paths count from the working directory.
  ///   - runDirectory: nil or empty: `/run/muster` for the default root, else `<root>/run`.
  public init(root: String? = nil, runDirectory: String? = nil) {
    self.root = absolute(root?.nonEmpty ?? Self.defaultRoot)
    let usual = self.root == Self.defaultRoot ? "/run/muster" : joined(self.root, "run")
    self.runDirectory = absolute(runDirectory?.nonEmpty ?? usual)
  }

  /// From `MUSTER_ROOT` and `MUSTER_RUN_DIR`.
  public static func fromEnvironment() -> EngineLocation {
    EngineLocation(root: variable("MUSTER_ROOT"), runDirectory: variable("MUSTER_RUN_DIR"))
  }

  /// The engine's API. `sun_path` holds 107 bytes: whoever binds or connects checks.
  public var socket: String { joined(runDirectory, "muster.sock") }
  /// Held (`flock(2)`) by the engine as long as it lives: one engine a root.
  public var lock: String { joined(runDirectory, "muster.lock") }
  /// Held (`flock(2)`) by whoever starts the engine, so that of many commands only one does.
  public var startLock: String { joined(runDirectory, "start.lock") }
  /// How registries are reached: `MUSTER_REGISTRIES`, or a file of the machine's.
  public var registries: String { variable("MUSTER_REGISTRIES")?.nonEmpty ?? "/etc/muster/registries.json" }
  /// The engine's standard error.
  public var log: String { joined(root, "musterd.log") }

  /// Tells this engine's bridges, nft tables and cgroups from those of others: empty for the default root, else six hexadecimal digits of the root's hash (interface names are short).
  public var suffix: String {
    guard root != Self.defaultRoot else { return "" }
    // FNV-1a of 32 bits, folded to 24.
    var hash: UInt32 = 0x811C_9DC5
    for byte in root.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    let digits = String((hash >> 24) ^ (hash & 0xFF_FFFF), radix: 16)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }
}

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private func joined(_ directory: String, _ name: String) -> String { directory == "/" ? "/" + name : directory + "/" + name }

/// A path without `.`, `..`, doubled and trailing slashes, absolute. Symbolic links are not looked at.
private func absolute(_ path: String) -> String {
  var text = path
  if !path.hasPrefix("/"), let working = getcwd(nil, 0) {
    text = String(cString: working) + "/" + path
    free(working)
  }
  var parts: [Substring] = []
  for part in text.split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
