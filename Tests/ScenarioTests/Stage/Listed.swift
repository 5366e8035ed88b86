import FoundationEssentials
import TestSupport

/// A container as `ps --format json` lists it: one object a line, with Docker Compose's fields.
struct Listed: Decodable, Sendable {
  struct Publisher: Decodable, Sendable {
    var URL: String
    var TargetPort: Int
    var PublishedPort: Int
    var `Protocol`: String
  }
  var ID: String
  var Name: String
  var Service: String
  var State: String
  var Health: String?
  var ExitCode: Int32
  var Publishers: [Publisher]?
}

extension Stage {
  /// All containers of the project, stopped ones too, by name.
  func containers() async throws -> [String: Listed] {
    let outcome = try await self("ps", "--all", "--format", "json")
    let listed = try outcome.lines.map { line in
      do {
        return try JSONDecoder().decode(Listed.self, from: Data(line.utf8))
      } catch {
        throw UnreadableList(line: String(line), error: "\(error)")
      }
    }
    return Dictionary(listed.map { ($0.Name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The container's state once it is as wanted, or what it stays.
  func container(_ name: String, until isRight: @escaping @Sendable (Listed) -> Bool) async throws -> Listed? {
    try await eventually {
      try await containers()[name]
    } until: {
      $0.map(isRight) ?? false
    }
  }
}

/// `ps` printed something else than the objects.
struct UnreadableList: Error, CustomStringConvertible {
  let line: String
  let error: String
  var description: String { "ps --format json printed \(line): \(error)" }
}
