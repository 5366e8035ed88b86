/// How places in the tree are called.
extension KeyCheck {
  /// The top-level keys that hold things of the user's naming.
  static let sections: Set<String> = ["services", "jobs", "models", "networks", "volumes", "secrets", "configs"]

  /// `service "web", build: ` for `services.web.build`: what the keys there belong to.
  func place(_ path: [String]) -> String {
    guard let section = path.first else { return "" }
    guard path.count > 1, Self.sections.contains(section) else { return path.joined(separator: ".") + ": " }
    let rest = path.dropFirst(2)
    return "\(section.dropLast()) \"\(path[1])\"\(rest.isEmpty ? "" : ", " + rest.joined(separator: ".")): "
  }

  /// `service "web", build: context` for `services.web.build.context`: the thing itself.
  func named(_ path: [String]) -> String {
    guard let last = path.last else { return "the file" }
    if path.count == 2, Self.sections.contains(path[0]) { return "\(path[0].dropLast()) \"\(last)\"" }
    return place(path.dropLast()) + last
  }

  /// `service "web": restart "allways"`.
  func subject(_ spot: Spot, _ value: String) -> String {
    spot.isItem ? "\(place(Array(spot.path.dropLast())))\(spot.path.last ?? "") \(value)" : "\(named(spot.path)) \(value)"
  }

  private func place(_ path: ArraySlice<String>) -> String { place(Array(path)) }
}

/// Enough of a text to know it by.
func shortened(_ text: String) -> String { text.utf8.count <= 100 ? text : String(text.unicodeScalars.prefix(80)) + "…" }

/// `a`, `a and b`, `a, b and c`.
func listed(_ words: [String], _ joint: String) -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(joint) " + last
}

extension Shape {
  /// What is expected, in words: `a string or a list of strings`.
  var words: String {
    var words: [String] = []
    if kinds.isSuperset(of: .scalars) {
      words.append("a single value")
    } else if let format, !kinds.isEmpty {
      words.append(format.words)
    } else if kinds.contains(.boolean), kinds.contains(.string), !kinds.contains(.number) {
      words.append("true or false")
    } else {
      if kinds.contains(.string), !kinds.contains(.integer), !kinds.contains(.number) { words.append("a string") }
      if kinds.contains(.number) { words.append("a number") }
      if kinds.contains(.integer) { words.append("a whole number") }
      if kinds.contains(.boolean) { words.append("true or false") }
    }
    if let list { words.append(list.item.kinds == .string && list.item.mapping == nil ? "a list of strings" : "a list") }
    if mapping != nil { words.append("a mapping") }
    return words.isEmpty ? "nothing" : listed(words, "or")
  }
}
