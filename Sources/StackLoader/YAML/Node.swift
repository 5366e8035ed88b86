/// A piece of YAML with its place; aliases and merge keys are resolved.
struct Node: Sendable {
  enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
    case sequence([Node])
    case mapping(Mapping)
  }
  /// What a tag asks of merging.
  enum MergeTag: Sendable {
    case none
    /// `!reset`: the key is as if it had never been written.
    case reset
    /// `!override`: replaces instead of merging.
    case override
  }
  var value: Value
  var place: Place
  var tag: MergeTag = .none
  /// A plain integer that is written with a leading zero, which YAML takes for octal.
  var isLegacyOctal = false

  init(_ value: Value, _ place: Place) {
    self.value = value
    self.place = place
  }

  /// A node made from this one: another value at the same place.
  func with(_ value: Value) -> Node { Node(value, place) }
  func with(_ text: String) -> Node { Node(.string(text), place) }

  var isNull: Bool { if case .null = value { true } else { false } }
  var mapping: Mapping? { if case .mapping(let mapping) = value { mapping } else { nil } }
  var sequence: [Node]? { if case .sequence(let nodes) = value { nodes } else { nil } }
  var string: String? { if case .string(let text) = value { text } else { nil } }

  /// The text of a scalar, as Compose prints it; nil for null, mappings and sequences.
  var text: String? {
    switch value {
    case .null, .sequence, .mapping: nil
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .float(let value): shortest(value)
    case .string(let text): text
    }
  }

  /// The kind in words, for errors: `a list`.
  var kind: String {
    switch value {
    case .null: "nothing"
    case .bool: "a boolean"
    case .integer, .float: "a number"
    case .string: "a string"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  subscript(key: String) -> Node? { mapping?[key] }
}

/// Keys and values in the order they are written; no key twice.
struct Mapping: Sendable {
  struct Entry: Sendable {
    var key: String
    var keyPlace: Place
    var value: Node
  }
  private(set) var entries: [Entry] = []
  private var index: [String: Int] = [:]

  init() {}
  init(_ entries: [Entry]) { for entry in entries { self[entry: entry.key] = entry } }

  var isEmpty: Bool { entries.isEmpty }
  var keys: [String] { entries.map(\.key) }
  subscript(key: String) -> Node? { index[key].map { entries[$0].value } }

  /// The entry of a key; setting replaces in place or appends.
  subscript(entry key: String) -> Entry? {
    get { index[key].map { entries[$0] } }
    set {
      switch (index[key], newValue) {
      case (let at?, let entry?): entries[at] = entry
      case (nil, let entry?):
        index[key] = entries.count
        entries.append(entry)
      case (let at?, nil):
        entries.remove(at: at)
        index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
      case (nil, nil): break
      }
    }
  }

  /// Sets a value; a new key stands where the value stands.
  mutating func set(_ key: String, _ value: Node) {
    self[entry: key] = Entry(key: key, keyPlace: index[key].map { entries[$0].keyPlace } ?? value.place, value: value)
  }

  func filter(_ isKept: (Entry) -> Bool) -> Mapping { Mapping(entries.filter(isKept)) }

  func mapValues(_ transform: (Entry) -> Node) -> Mapping {
    var copy = self
    for at in copy.entries.indices { copy.entries[at].value = transform(copy.entries[at]) }
    return copy
  }
}
