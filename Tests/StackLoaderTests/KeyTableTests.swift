import Foundation
import Testing

@testable import StackLoader

/// The key table against the Compose Specification's schema: every key has a row, and no row is made up.
@Suite struct KeyTableTests {
  /// `services.*.build.args`-like paths of all keys in the schema, with how deep they may go.
  private static func schemaPaths() throws -> Set<String> {
    let text = try Data(contentsOf: URL(fileURLWithPath: CorpusTests.directory + "/compose-spec.schema.json"))
    let root = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let definitions = try #require(root["$defs"] as? [String: Any])
    var paths: Set<String> = []
    func walk(_ schema: [String: Any], _ path: [String]) {
      if let reference = schema["$ref"] as? String, let name = reference.split(separator: "/").last,
        let target = definitions[String(name)] as? [String: Any]
      {
        walk(target, path)
      }
      for key in ["oneOf", "anyOf", "allOf"] { for option in schema[key] as? [[String: Any]] ?? [] { walk(option, path) } }
      if let items = schema["items"] as? [String: Any] { walk(items, path) }
      for (key, inner) in schema["properties"] as? [String: [String: Any]] ?? [:] {
        paths.insert((path + [key]).joined(separator: "."))
        walk(inner, path + [key])
      }
      for (pattern, inner) in schema["patternProperties"] as? [String: Any] ?? [:] where pattern != "^x-" {
        if let inner = inner as? [String: Any] { walk(inner, path + ["*"]) }
      }
      if let inner = schema["additionalProperties"] as? [String: Any] { walk(inner, path + ["*"]) }
    }
    walk(root, [])
    return paths
  }

  @Test func everyKeyOfTheSpecificationHasItsPolicy() throws {
    let missing = try Self.schemaPaths().filter { KeyTable.tree.policy(of: $0.split(separator: ".").map(String.init)) == nil }
    #expect(missing.sorted() == [])
  }

  @Test func everyRowIsAKeyOfTheSpecification() throws {
    let known = try Self.schemaPaths()
    let rows = KeyTable.decoded.flatMap { parent, keys in
      keys.split(whereSeparator: \.isWhitespace).map { parent.isEmpty ? String($0) : "\(parent).\($0)" }
    }
    // Older than this schema, or known only to say why it is refused.
    let others: Set<String> = ["secrets.*.content"]
    #expect((rows + KeyTable.warned.keys + KeyTable.refused.keys).filter { !known.contains($0) && !others.contains($0) }.sorted() == [])
  }

  @Test func noKeyHasTwoPolicies() {
    let decoded = Set(KeyTable.decoded.flatMap { parent, keys in keys.split(whereSeparator: \.isWhitespace).map { "\(parent).\($0)" } })
    let others = Array(KeyTable.warned.keys) + KeyTable.refused.keys
    #expect(others.filter(decoded.contains) == [])
    #expect(Set(others).count == others.count)
  }

  /// The places in which each refused key is really refused.
  @Test(arguments: KeyTable.refused.keys.sorted()) func refusedKeysAreErrorsByName(_ path: String) throws {
    let parts = path.split(separator: ".").map(String.init)
    let loaded = load(Self.file(with: parts))
    let name = try #require(parts.last)
    #expect(lines(loaded).contains { $0.contains("error MU0302") && $0.contains("\"\(name)\" is not supported yet") }, "\(lines(loaded))")
  }

  @Test(arguments: KeyTable.warned.keys.sorted()) func keysWithoutEffectAreWarnedAboutByName(_ path: String) throws {
    let parts = path.split(separator: ".").map(String.init)
    let loaded = load(Self.file(with: parts))
    let name = try #require(parts.last)
    #expect(lines(loaded).contains { $0.contains("warning MU0303") && $0.contains("\"\(name)\" has no effect") }, "\(lines(loaded))")
  }

  /// A file with something at this path.
  private static func file(with path: [String]) -> String {
    var text = path.first == "services" ? "" : "services: {web: {image: nginx}}\n"
    for (depth, part) in path.enumerated() {
      let key = part == "*" ? "web" : part
      text += String(repeating: "  ", count: depth) + key + (depth == path.count - 1 ? ": something\n" : ":\n")
    }
    return text
  }
}
