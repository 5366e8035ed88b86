@testable import StackLoader

/// The JSON Schema of the stack file for editors, made from the table. Draft 7, which all editors know.
///
/// It differs from the specification's where that helps who writes: keys have descriptions that say what becomes of them, and
/// `${VARIABLES}` may stand where texts, numbers and booleans do.
struct EditorSchema {
  private var definitions: [String: ConfigValue] = [:]

  static func text() -> String {
    var schema = EditorSchema()
    guard case .map(var root) = schema.mapping(KeyTable.stack.mapping) else { return "" }
    root["$schema"] = .string("http://json-schema.org/draft-07/schema#")
    root["title"] = .string("Muster's stack file")
    root["description"] = .string("The Compose Specification's keys, and what Muster makes of them.")
    root["definitions"] = .map(ConfigMap(schema.definitions))
    return JSONWriter().text(.map(root))
  }

  private mutating func shape(_ shape: Shape) -> ConfigValue {
    if shape.isAnything { return .map([:]) }
    var options: [ConfigValue] = []
    if let plain = plain(shape) { options.append(plain) }
    if let list = shape.list {
      var keywords: [String: ConfigValue] = ["type": .string("array"), "items": self.shape(list.item)]
      if list.isUnique { keywords["uniqueItems"] = .bool(true) }
      options.append(.map(ConfigMap(keywords)))
    }
    if let mapping = shape.mapping { options.append(reference(to: mapping)) }
    return options.count == 1 ? options[0] : .map(["anyOf": .list(options)])
  }

  /// The plain values that fit.
  private func plain(_ shape: Shape) -> ConfigValue? {
    guard !shape.kinds.isEmpty else { return nil }
    if !shape.texts.isEmpty {
      return .map(["anyOf": .list([.map(["enum": .list(shape.texts.map { .string($0) })]), variable])])
    }
    var keywords: [String: ConfigValue] = [:]
    var types = shape.kinds.names
    if let pattern = shape.pattern { keywords["pattern"] = .string("\(pattern.rawValue)|\\$") }
    if !shape.kinds.contains(.string), shape.kinds != .null {
      types.append("string")
      keywords["pattern"] = .string("\\$")
    }
    keywords["type"] = types.count == 1 ? .string(types[0]) : .list(types.map { .string($0) })
    if let bounds = shape.bounds {
      keywords["minimum"] = .integer(bounds.lowerBound)
      if bounds.upperBound != .max { keywords["maximum"] = .integer(bounds.upperBound) }
    }
    if let examples = shape.format?.examples, !examples.isEmpty { keywords["examples"] = .list(examples.map { .string($0) }) }
    return .map(ConfigMap(keywords))
  }

  private var variable: ConfigValue { .map(["type": .string("string"), "pattern": .string("\\$")]) }

  private mutating func reference(to mapping: MappingShape) -> ConfigValue {
    guard let name = mapping.name else { return self.mapping(mapping) }
    if definitions[name] == nil {
      definitions[name] = .null
      definitions[name] = self.mapping(mapping)
    }
    return .map(["$ref": .string("#/definitions/\(name)")])
  }

  private mutating func mapping(_ mapping: MappingShape?) -> ConfigValue {
    guard let mapping else { return .map([:]) }
    var keywords: [String: ConfigValue] = ["type": .string("object")]
    var properties: [String: ConfigValue] = [:]
    for key in mapping.keys { properties[key.name] = described(key) }
    if !properties.isEmpty { keywords["properties"] = .map(ConfigMap(properties)) }
    var patterns: [String: ConfigValue] = [:]
    if mapping.allowsExtensions { patterns["^x-"] = .map([:]) }
    if let names = mapping.names, let value = mapping.value { patterns[names.rawValue] = shape(value) }
    if !patterns.isEmpty { keywords["patternProperties"] = .map(ConfigMap(patterns)) }
    if mapping.isClosed { keywords["additionalProperties"] = .bool(false) }
    if !mapping.required.isEmpty { keywords["required"] = .list(mapping.required.map { .string($0) }) }
    return .map(ConfigMap(keywords))
  }

  private mutating func described(_ key: Key) -> ConfigValue {
    let value = shape(key.shape)
    // Draft 7 ignores what stands beside a reference.
    var keywords = value["$ref"] == nil ? value.members ?? [:] : ["allOf": .list([value])]
    keywords["description"] = .string(key.about + sentence(key.support))
    if let example = key.example, keywords["examples"] == nil, key.shape.isText {
      keywords["examples"] = .list([.string(example.replacing("\"", with: ""))])
    }
    if key.name == "version" { keywords["deprecated"] = .bool(true) }
    return .map(ConfigMap(keywords))
  }

  private func sentence(_ support: KeySupport) -> String {
    switch support {
    case .exact, .inherited: ""
    case .limited(let except): " (Here: \(except).)"
    case .equivalent(let why): " (Here: \(why).)"
    case .approximate(let why, let advice): " Has no effect: \(why); \(advice)."
    case .unsupported(let why, let advice): " Not supported yet: \(why); \(advice)."
    }
  }
}

extension Shape {
  /// Whether it is some text, and nothing else that could be shown instead.
  fileprivate var isText: Bool { kinds.contains(.string) && texts.isEmpty && list == nil && mapping == nil }
}
