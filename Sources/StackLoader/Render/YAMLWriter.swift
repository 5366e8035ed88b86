/// YAML in block style. A text is quoted where it would be read as anything else without, also by readers of YAML 1.1, in the
/// same way as Compose quotes it.
struct YAMLWriter {
  func text(_ value: ConfigValue) -> String { lines(value, indentation: "").joined(separator: "\n") + "\n" }

  private func lines(_ value: ConfigValue, indentation: String) -> [String] {
    switch value {
    case .map(let map) where !map.isEmpty:
      map.entries.flatMap { item in
        entry("\(indentation)\(YAMLText(item.key).inline):", item.value, indentation: indentation + "  ")
      }
    case .list(let values) where !values.isEmpty:
      values.flatMap { item -> [String] in
        guard isBlock(item) else { return ["\(indentation)- \(scalar(item, indentation: indentation + "  "))"] }
        var inner = lines(item, indentation: indentation + "  ")
        inner[0] = "\(indentation)- \(inner[0].dropFirst(indentation.count + 2))"
        return inner
      }
    default: [indentation + scalar(value, indentation: indentation)]
    }
  }

  private func entry(_ head: String, _ value: ConfigValue, indentation: String) -> [String] {
    isBlock(value) ? [head] + lines(value, indentation: indentation) : ["\(head) \(scalar(value, indentation: indentation))"]
  }

  private func isBlock(_ value: ConfigValue) -> Bool {
    switch value {
    case .map(let map): !map.isEmpty
    case .list(let values): !values.isEmpty
    default: false
    }
  }

  private func scalar(_ value: ConfigValue, indentation: String) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .float(let value): value.isNaN ? ".nan" : value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : shortest(value)
    case .string(let text): YAMLText(text).block(indentation: indentation) ?? YAMLText(text).inline
    case .list: "[]"
    case .map: "{}"
    }
  }
}
