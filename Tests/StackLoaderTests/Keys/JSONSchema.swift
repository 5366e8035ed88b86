import Foundation
import Testing

@testable import StackLoader

/// A validator for as much of JSON Schema as the Compose Specification's schema uses: the oracle for ``KeyCheck``.
struct JSONSchema {
  let root: ConfigValue
  private var expressions: [String: NSRegularExpression] = [:]

  init(root: ConfigValue) {
    self.root = root
    collectPatterns(root)
  }

  /// Made once, since that takes longer than using them.
  private mutating func collectPatterns(_ schema: ConfigValue) {
    for item in schema.items ?? [] { collectPatterns(item) }
    for (keyword, argument) in schema.members ?? [:] {
      let patterns =
        keyword == "pattern" ? [argument.text ?? ""] : keyword == "patternProperties" ? Array((argument.members ?? [:]).keys) : []
      for pattern in patterns where expressions[pattern] == nil { expressions[pattern] = try? NSRegularExpression(pattern: pattern) }
      collectPatterns(argument)
    }
  }

  static func specification() throws -> JSONSchema {
    JSONSchema(root: try parseJSON(try String(contentsOfFile: CorpusTests.directory + "/compose-spec.schema.json", encoding: .utf8)))
  }

  func accepts(_ value: ConfigValue) -> Bool { accepts(value, root) }

  /// What a reference stands for.
  func resolved(_ schema: ConfigValue) -> ConfigValue {
    guard let reference = schema["$ref"]?.text else { return schema }
    return reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] ?? .null }
  }

  private func accepts(_ value: ConfigValue, _ written: ConfigValue) -> Bool {
    let schema = resolved(written)
    guard let keywords = schema.members else { return schema != .bool(false) }
    return keywords.allSatisfy { keyword, argument in
      switch keyword {
      case "type": (argument.items ?? [argument]).contains { isOf(value, $0.text ?? "") }
      case "enum": argument.items?.contains(value) == true
      case "oneOf": argument.items?.count { accepts(value, $0) } == 1
      case "anyOf": argument.items?.contains { accepts(value, $0) } == true
      case "allOf": argument.items?.allSatisfy { accepts(value, $0) } == true
      case "pattern": value.text.map { matches($0, argument.text ?? "") } ?? true
      case "minimum": number(value).map { $0 >= number(argument) ?? 0 } ?? true
      case "maximum": number(value).map { $0 <= number(argument) ?? 0 } ?? true
      case "items": value.items?.allSatisfy { accepts($0, argument) } ?? true
      case "uniqueItems": argument != .bool(true) || isUnique(value.items ?? [])
      case "required": value.members.map { members in (argument.items ?? []).allSatisfy { members[$0.text ?? ""] != nil } } ?? true
      case "properties", "patternProperties", "additionalProperties":
        keyword == firstOfMembers(keywords) ? acceptsMembers(value, keywords) : true
      default: isAnnotation(keyword)
      }
    }
  }

  /// The three keywords about members are one question, asked once.
  private func firstOfMembers(_ keywords: [String: ConfigValue]) -> String? {
    ["properties", "patternProperties", "additionalProperties"].first { keywords[$0] != nil }
  }

  private func acceptsMembers(_ value: ConfigValue, _ keywords: [String: ConfigValue]) -> Bool {
    guard let members = value.members else { return true }
    return members.allSatisfy { name, member in
      var isKnown = false
      if let schema = keywords["properties"]?[name] {
        isKnown = true
        if !accepts(member, schema) { return false }
      }
      for (pattern, schema) in keywords["patternProperties"]?.members ?? [:] where matches(name, pattern) {
        isKnown = true
        if !accepts(member, schema) { return false }
      }
      return isKnown || keywords["additionalProperties"].map { accepts(member, $0) } ?? true
    }
  }

  private func isAnnotation(_ keyword: String) -> Bool {
    let known = ["$schema", "$id", "$defs", "definitions", "title", "description", "default", "deprecated", "examples", "$ref"]
    if !known.contains(keyword) { Issue.record("the validator does not know \(keyword)") }
    return true
  }

  private func isOf(_ value: ConfigValue, _ type: String) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.list, "array"), (.map, "object"): true
    case (.integer, "integer"), (.integer, "number"), (.float, "number"): true
    case (.float(let float), "integer"): float == float.rounded()
    default: false
    }
  }

  private func number(_ value: ConfigValue) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .float(let float): float
    default: nil
    }
  }

  private func isUnique(_ items: [ConfigValue]) -> Bool {
    !items.indices.contains { index in items[..<index].contains(items[index]) }
  }

  private func matches(_ text: String, _ pattern: String) -> Bool {
    guard let expression = expressions[pattern] else {
      Issue.record("not a pattern: \(pattern)")
      return false
    }
    return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }
}

extension ConfigValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var items: [ConfigValue]? { if case .list(let items) = self { items } else { nil } }
  var members: [String: ConfigValue]? {
    if case .map(let members) = self { Dictionary(members.entries.map { ($0.key, $0.value) }) { $1 } } else { nil }
  }
  subscript(name: String) -> ConfigValue? { members?[name] }
}
