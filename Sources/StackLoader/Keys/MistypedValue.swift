/// What to do about a value of another kind than its key's.
struct MistypedValue {
  let node: Node
  let shape: Shape
  let key: String
  let isItem: Bool
  let example: String?

  var advice: String? {
    // What quotes a text of any length is no advice.
    found.flatMap { $0.utf8.count <= 300 ? $0 : nil }
  }

  private var found: String? {
    switch node.value {
    case .null: forNothing
    case .sequence(let items): forList(items)
    case .mapping(let mapping): forMapping(mapping)
    case .bool, .integer, .float, .string: forScalar(node.text ?? "")
    }
  }

  private var written: String? { example.map { "write it as \(key): \($0)" } }

  private var forNothing: String {
    if isItem { return "write something after the dash, or remove it" }
    if shape.mapping?.name == "service" { return "write its keys, as image: NAME, indented below it" }
    return shape.mapping != nil && shape.list == nil
      ? "write its keys, indented, below it, or remove the line" : "write its value after the colon, or remove the line"
  }

  private func forList(_ items: [Node]) -> String? {
    if isItem { return "write one dash for each entry" }
    if items.count == 1, let text = items[0].text, !shape.kinds.isEmpty { return "write it without the dash: \(key): \(text)" }
    if shape.mapping != nil, let first = items.first {
      if let name = first.mapping?.keys.first { return "leave out the dash before \(name):" }
      if let text = first.text, shape.kinds.isEmpty { return "leave out the dashes, and write a colon after each name: \(text):" }
    }
    if shape.kinds.isSuperset(of: .scalars), (2...8).contains(items.count), items.allSatisfy({ $0.text != nil }) {
      return "write it as one text: \(key): \"\(items.compactMap(\.text).joined(separator: ","))\""
    }
    return written
  }

  private func forMapping(_ mapping: Mapping) -> String? {
    guard let first = mapping.entries.first else { return written }
    if isItem {
      if key == "depends_on" || key == "networks" { return "leave out the dashes: \(key): {\(first.key): …}" }
      // `- NAME: value` where `- NAME=value` is meant, and `- 80: 80` without quotes.
      guard let value = first.value.text ?? (first.value.isNull ? "" : nil), mapping.entries.count == 1 else { return written }
      if key == "environment" || key == "labels" || key == "args" || shape.format == nil && key == "extra_hosts" {
        return "write it as \"\(first.key)=\(value)\", or leave out all the dashes"
      }
      return "quote it: \"\(first.key): \(value)\""
    }
    if let list = shape.list {
      let texts = mapping.entries.prefix(4).compactMap { entry in entry.value.text.map { "\"\(entry.key):\($0)\"" } }
      if key == "volumes", texts.isEmpty {
        return "declare it in the top-level volumes, and mount it here: volumes: [\"\(first.key):/PATH\"]"
      }
      let isPairs = list.item.mapping != nil && list.item.kinds.contains(.string) && texts.count == mapping.entries.count
      return isPairs ? "write it as \(key): [\(texts.joined(separator: ", "))]" : written ?? "write each entry after a dash"
    }
    if key == "image", let value = first.value.text { return "write it without blanks: \(key): \(first.key):\(value)" }
    return written
  }

  private func forScalar(_ text: String) -> String? {
    if let format = shape.format, format == .duration, Int64(text) != nil { return "with a unit: \(text)s" }
    if shape.mapping?.name == "service" { return "write it as \(key): {image: \(text)}" }
    if shape.kinds.contains(.string) {
      if shape.format == .bytes, let number = Int64(text), number > 0 {
        return number % (1 << 20) == 0
          ? "write it as \(number >> 20)m" : number < 1 << 20 ? "with a unit: \(text)m" : "in quotes: \"\(text)\""
      }
      if case .bool = node.value, !isItem, let written { return written }
      return node.string == nil ? "put it in quotes: \"\(text)\"" : written
    }
    if shape.kinds.contains(.boolean), Values.bool(text) != nil { return "write it without quotes: \(Values.bool(text) == true)" }
    if shape.kinds.contains(.number) || shape.kinds.contains(.integer), Double(text) != nil, node.string != nil {
      return "write it without quotes: \(text)"
    }
    if isItem { return written }
    if shape.list != nil, shape.list?.item.kinds.contains(.string) == true, !text.isEmpty {
      let items = text.split { $0 == "," || $0 == " " }.map(String.init)
      return "write it as a list: \(key): [\(items.map(quoted).joined(separator: ", "))]"
    }
    if shape.mapping != nil, shape.list == nil {
      return written
        ?? shape.mapping.flatMap { mapping in
          mapping.keys.isEmpty ? nil : "its keys are \(listed(mapping.keys.prefix(5).map(\.name), "and"))"
        }
    }
    return written
  }

  /// Quoted where YAML would take it for something else.
  private func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F || $0 == 0x2D }
    if isPlain, case .string = resolvedPlain(text).value { return text }
    return "\"\(text)\""
  }
}
