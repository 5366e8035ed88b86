import Glibc

/// One command with the flags before it.
struct Call {
  var root: String
  var journal: Journal
  var isVersion: Bool
  /// Whether control groups are made by systemd.
  var usesSystemd: Bool
  /// nil: none was given.
  var command: String?
  /// What comes after the command.
  var words: ArraySlice<String>

  init(_ arguments: [String]) throws {
    let grammar = Words.Grammar(
      values: ["root", "log", "log-format", "rootless", "criu"], switches: ["debug", "systemd-cgroup", "version", "help"],
      short: ["v": "version", "h": "help"], stopsAtWord: true)
    let globals = try Words(arguments[...], grammar, command: "muster-oci")
    guard let format = Journal.Format(rawValue: globals.last("log-format") ?? "text") else {
      throw Failure("--log-format: \(globals.last("log-format") ?? "") is neither text nor json")
    }
    journal = Journal(path: globals.last("log").flatMap { $0.isEmpty ? nil : $0 }, format: format)
    root = try globals.last("root").map(absolutePath) ?? Self.defaultRoot
    isVersion = globals.has("version")
    command = globals.has("help") ? "help" : globals.plain.first
    words = globals.plain.dropFirst()
    usesSystemd = globals.has("systemd-cgroup")
    switch globals.last("rootless") ?? "auto" {
    case "auto", "false", "true": break
    default: throw Failure("--rootless: is true, false or auto")
    }
  }

  private static var defaultRoot: String {
    if geteuid() != 0, let directory = getenv("XDG_RUNTIME_DIR") { return String(cString: directory) + "/muster-oci" }
    return "/run/muster-oci"
  }
}

/// A path from the root, links resolved where it exists.
func absolutePath(_ path: String) throws -> String {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  if realpath(path, &buffer) != nil { return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
  if path.hasPrefix("/") { return path }
  guard getcwd(&buffer, buffer.count) != nil else { throw Failure("the working directory is gone") }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/" + path
}
