import Foundation
import Testing

/// `services.*.build.args`-like paths of all keys in the specification's schema; `*` stands for names of the user's own.
func specificationPaths() throws -> Set<String> {
  let text = try Data(contentsOf: URL(fileURLWithPath: CorpusTests.directory + "/compose-spec.schema.json"))
  let root = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
  let definitions = try #require(root["$defs"] as? [String: Any])
  var paths: Set<String> = []
  func walk(_ schema: [String: Any], _ path: [String]) {
    if let name = (schema["$ref"] as? String)?.split(separator: "/").last, let target = definitions[String(name)] as? [String: Any] {
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
