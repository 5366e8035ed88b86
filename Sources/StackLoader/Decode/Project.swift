import StackModel

/// What the services of a stack refer to.
struct Project {
  var name: String
  var directory: String
  /// `$HOME`, for `~`.
  var home: String?
  /// By key.
  var networks: [String: Network] = [:]
  var volumes: [String: Volume] = [:]
  var secrets: Set<String> = []
  var configs: Set<String> = []
  /// All services, also those of inactive profiles.
  var services: Set<String> = []
}
