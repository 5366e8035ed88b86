/// YAML in block style with sorted keys; a text is quoted when it would be read as anything else without.
struct YAMLWriter {
  func text(_ value: ConfigValue) -> String {
    switch value {
    case .map(let values) where !values.isEmpty: lines(value, indentation: "").joined(separator: "\n") + "\n"
    case .list(let values) where !values.isEmpty: lines(value, indentation: "").joined(separator: "\n") + "\n"
    default: scalar(value) + "\n"
    }
  }

  private func lines(_ value: ConfigValue, indentation: String) -> [String] {
    switch value {
    case .map(let values):
      values.sorted { $0.key < $1.key }.flatMap { key, value in
        entry("\(indentation)\(string(key)):", value, indentation: indentation + "  ")
      }
    case .list(let values):
      values.flatMap { item -> [String] in
        guard isBlock(item) else { return ["\(indentation)- \(scalar(item, indentation: indentation + "  "))"] }
        var inner = lines(item, indentation: indentation + "  ")
        inner[0] = "\(indentation)- \(inner[0].dropFirst(indentation.count + 2))"
        return inner
      }
    default: [indentation + scalar(value)]
    }
  }

  private func entry(_ head: String, _ value: ConfigValue, indentation: String) -> [String] {
    isBlock(value) ? [head] + lines(value, indentation: indentation) : ["\(head) \(scalar(value, indentation: indentation))"]
  }

  private func isBlock(_ value: ConfigValue) -> Bool {
    switch value {
    case .map(let values): !values.isEmpty
    case .list(let values): !values.isEmpty
    default: false
    }
  }

  private func scalar(_ value: ConfigValue, indentation: String = "  ") -> String {
    switch value {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .float(let value): value.isNaN ? ".nan" : value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : shortest(value)
    case .string(let text): block(text, indentation: indentation) ?? string(text)
    case .list: "[]"
    case .map: "{}"
    }
  }

  /// A text of several lines as `|`; nil when that cannot hold it exactly.
  private func block(_ text: String, indentation: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1, let first = lines.first, !first.isEmpty, !first.hasPrefix(" "), !first.hasPrefix("\t"),
      text.unicodeScalars.allSatisfy({ $0 == "\n" || $0.value >= 0x20 && isPrintable($0) }), !text.hasSuffix("\n\n"),
      !lines.contains(where: { $0.hasSuffix(" ") })
    else { return nil }
    let isEnded = text.hasSuffix("\n")
    let body = (isEnded ? lines.dropLast() : lines[...]).map { $0.isEmpty ? "" : indentation + $0 }
    return "|" + (isEnded ? "" : "-") + "\n" + body.joined(separator: "\n")
  }

  func string(_ text: String) -> String {
    if !text.unicodeScalars.allSatisfy(isPrintable) { return JSONWriter.quoted(text) }
    return isPlain(text) ? text : text.contains("'") ? JSONWriter.quoted(text) : "'\(text)'"
  }

  private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE...0xFFFF: false
    default: true
    }
  }

  /// Whether every reader of YAML, also of 1.1, takes the bare text for a string.
  private func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, last != " ", last != ":" else { return false }
    guard case .string = resolvedPlain(text).value, !["y", "n", "yes", "no", "on", "off"].contains(text.lowercased()) else { return false }
    if "-?:,[]{}#&*!|>'\"%@` ".unicodeScalars.contains(first) || text == "=" || text == "<<" { return false }
    if text.contains(": ") || text.contains(" #") { return false }
    // 1.1 reads 22:22 as a number in base 60, and dates.
    if first.properties.numericType != nil || first == "+" || first == "." {
      return !text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.numericType != nil || ":-_.+eExXoOtTzZ ".unicodeScalars.contains($0))
      }
    }
    return true
  }
}
