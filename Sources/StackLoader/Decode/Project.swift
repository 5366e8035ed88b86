import StackModel

/// What the services of a stack refer to.
struct Project {
  /// Reads a file that the stack names, of at most so many bytes.
  typealias Reading = (_ path: String, _ limit: Int) throws(FileError) -> [UInt8]
  var name: String
  var directory: String
  /// `$HOME`, for `~`.
  var home: String?
  /// By key.
  var networks: [String: Network] = [:]
  var volumes: [String: Volume] = [:]
  var secrets: Set<String> = []
  var configs: Set<String> = []
  var models: Set<String> = []
  /// All services, also those of inactive profiles.
  var services: Set<String> = []
  /// Those of them that have `build`.
  var buildable: Set<String> = []
  /// Those that run: what the others name need not exist.
  var enabledServices: Set<String> = []
  var read: Reading = { (_, _) throws(FileError) in throw .missing }
}
