@testable import StackLoader

/// Documents that a schema accepts, and changes to them that it may not.
struct RandomDocument {
  let schema: JSONSchema
  var dice: RobustnessTests.Dice

  init(_ schema: JSONSchema, seed: UInt64) {
    self.schema = schema
    dice = RobustnessTests.Dice(state: seed &* 0x2545_F491_4F6C_DD1D)
  }

  mutating func next() -> ConfigValue { value(schema.root, depth: 0) }

  // MARK: Valid documents

  private mutating func value(_ written: ConfigValue, depth: Int) -> ConfigValue {
    let schema = self.schema.resolved(written)
    if let options = schema["oneOf"]?.items, let option = options.randomElement(using: &dice) { return value(option, depth: depth) }
    if let texts = schema["enum"]?.items, let text = texts.randomElement(using: &dice) { return text }
    let types = (schema["type"]?.items ?? schema["type"].map { [$0] } ?? []).compactMap(\.text)
    switch types.randomElement(using: &dice) {
    case "object": return .map(ConfigMap(members(of: schema, depth: depth)))
    case "array": return .list(items(of: schema, depth: depth))
    case "string": return .string(text(schema["pattern"]?.text))
    case "integer": return .integer(integer(schema))
    case "number": return Bool.random(using: &dice) ? .integer(integer(schema)) : .float(1.5)
    case "boolean": return .bool(Bool.random(using: &dice))
    case "null": return .null
    default: return anything(depth: depth)
    }
  }

  private mutating func members(of schema: ConfigValue, depth: Int) -> [String: ConfigValue] {
    var members: [String: ConfigValue] = [:]
    let required = Set((schema["required"]?.items ?? []).compactMap(\.text))
    let properties = schema["properties"]?.members ?? [:]
    // As many of few keys as of many: a handful.
    let share = min(1, (depth == 0 ? 5 : 6.0 / Double(max(depth, 2) - 1)) / Double(max(properties.count, 1)))
    for (name, inner) in properties.sorted(by: { $0.key < $1.key }) {
      if required.contains(name) || Double.random(in: 0..<1, using: &dice) < share { members[name] = value(inner, depth: depth + 1) }
    }
    for (pattern, inner) in (schema["patternProperties"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
      let times =
        pattern == "^x-" ? (Int.random(in: 0..<8, using: &dice) == 0 ? 1 : 0) : Int.random(in: 0...(depth < 3 ? 3 : 2), using: &dice)
      for _ in 0..<times {
        let name = (pattern == "^x-" ? "x-" : "") + name(pattern)
        members[name] = value(inner, depth: depth + 1)
      }
    }
    return members
  }

  private mutating func items(of schema: ConfigValue, depth: Int) -> [ConfigValue] {
    guard let item = schema["items"] else { return [] }
    var items = (0..<Int.random(in: 0...3, using: &dice)).map { _ in value(item, depth: depth + 1) }
    if schema["uniqueItems"] == .bool(true) {
      items = items.enumerated().filter { !items[..<$0.offset].contains($0.element) }.map(\.element)
    }
    return items
  }

  private mutating func text(_ pattern: String?) -> String {
    let texts =
      switch pattern {
      case TextPattern.pullPolicy.rawValue: ["always", "missing", "every_3d12h", "weekly", "every_1w"]
      case TextPattern.containerName.rawValue: ["web-1", "Db_2.x"]
      default:
        ["a", "true", "10s", "512m", "80", "./x", "/x y", "", "nginx:1", "yes", "A=b", "8080:80", "ünï\tcode", "#no: comment", "1.5"]
      }
    return texts.randomElement(using: &dice) ?? ""
  }

  private mutating func name(_ pattern: String) -> String {
    (pattern == TextPattern.lowerCase.rawValue ? ["nofile", "core"] : ["web", "db", "x-odd", "A.b_c-1", "9"]).randomElement(using: &dice)
      ?? ""
  }

  private mutating func integer(_ schema: ConfigValue) -> Int64 {
    func bound(_ keyword: String, _ otherwise: Int64) -> Int64 {
      if case .integer(let bound) = schema[keyword] { bound } else { otherwise }
    }
    return Int64.random(in: bound("minimum", -3)...bound("maximum", 2000), using: &dice)
  }

  private mutating func anything(depth: Int) -> ConfigValue {
    [.null, .bool(true), .integer(-7), .float(0.25), .string("free"), .list([.map([:])]), .map(["any": .list([.null])])]
      .randomElement(using: &dice) ?? .null
  }

  // MARK: Changes

  /// The document with something changed somewhere, which may or may not make it wrong.
  mutating func mutated(_ document: ConfigValue) -> ConfigValue {
    var places: [[Step]] = []
    collect(document, [], &places)
    guard let place = places.randomElement(using: &dice) else { return document }
    return changed(document, place[...])
  }

  enum Step {
    case member(String)
    case item(Int)
  }

  private func collect(_ value: ConfigValue, _ path: [Step], _ places: inout [[Step]]) {
    places.append(path)
    for (name, member) in (value.members ?? [:]).sorted(by: { $0.key < $1.key }) where !name.hasPrefix("x-") || path.count > 0 {
      collect(member, path + [.member(name)], &places)
    }
    for (index, item) in (value.items ?? []).enumerated() { collect(item, path + [.item(index)], &places) }
  }

  private mutating func changed(_ value: ConfigValue, _ path: ArraySlice<Step>) -> ConfigValue {
    switch (path.first, value) {
    case (.member(let name), .map(var members)):
      members[name] = members[name].map { changed($0, path.dropFirst()) }
      return .map(members)
    case (.item(let index), .list(var items)):
      items[index] = changed(items[index], path.dropFirst())
      return .list(items)
    default: return changed(value)
    }
  }

  private mutating func changed(_ value: ConfigValue) -> ConfigValue {
    switch value {
    case .map(var members) where Int.random(in: 0..<4, using: &dice) > 0:
      let name = members.keys.sorted().randomElement(using: &dice)
      switch Int.random(in: 0..<3, using: &dice) {
      case 0: members[["zzz", "imgae", "image", "path", "labels", "not a name", ""].randomElement(using: &dice) ?? ""] = .string("new")
      case 1: if let name { members[name] = nil }
      default:
        if let name {
          members[name + "s"] = members[name]
          members[name] = nil
        }
      }
      return .map(members)
    case .list(var items) where Bool.random(using: &dice):
      items.append(items.randomElement(using: &dice) ?? .string("x"))
      return .list(items)
    default:
      let other: [ConfigValue] = [
        .null, .bool(false), .integer(-5), .integer(70_000), .float(2.5), .string("zzz"), .string(""), .string("true"), .list([]),
        .list([.string("x"), .string("x")]), .list([.integer(1)]), .map([:]), .map(["x": .string("y")]), .map(["type": .string("bind")]),
      ]
      return other.randomElement(using: &dice) ?? .null
    }
  }
}
