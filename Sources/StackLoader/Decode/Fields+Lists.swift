extension Fields {
  /// The mappings of a list; other items are told about.
  func mappings(_ key: String) -> [Fields] {
    items(key).compactMap { item in
      guard item.mapping != nil else { return wrong(key, item, "a list of mappings") }
      return inner(key, item)
    }
  }

  /// The entries of a mapping with names of the user's own.
  func members(_ key: String) -> [Mapping.Entry] { child(key)?.node.mapping?.entries ?? [] }

  /// A mapping of scalars, as `driver_opts`; nil when there is none, so that nothing is asked for.
  func options(_ key: String) -> [String: String]? {
    let pairs = pairs(key)
    return pairs.isEmpty ? nil : pairs
  }

  /// A list's texts; nil when there are none.
  func someTexts(_ key: String, orOne: Bool = false) -> [String]? {
    let texts = texts(key, orOne: orOne)
    return texts.isEmpty ? nil : texts
  }

  /// A word out of a few.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, as type: Choice.Type = Choice.self) -> Choice? {
    guard let text = text(key), !text.isEmpty, let value = node[key] else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    return unknown(key, value, among: Choice.allCases.map(\.rawValue))
  }

  /// A word that is none of the known ones.
  func unknown<T>(_ key: String, _ value: Node, among known: [String]) -> T? {
    let near = value.text.flatMap { report.suggestion(for: $0, among: known) }
    return invalid(key, value, "is not known", hint: near ?? "there are \(Self.listed(known))")
  }

  /// `a, b and c`.
  static func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// A number that need not be whole.
  func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let number = value.text.flatMap({ Double($0) }) else { return wrong(key, value, "a number") }
    guard range.contains(number) else {
      return invalid(key, value, "must be between \(shortest(range.lowerBound)) and \(shortest(range.upperBound))")
    }
    return number
  }

  /// A list's texts, each read by `read`; nil of it is told about with `wanted`.
  func each<T>(_ key: String, orOne: Bool = false, hint: String, _ read: (String) -> T?) -> [T] {
    items(key, orOne: orOne).compactMap { item in
      guard let text = item.text else { return wrong(key, item, "a list of strings") }
      return read(text) ?? invalid(key, item, "is not understood", hint: hint)
    }
  }
}
