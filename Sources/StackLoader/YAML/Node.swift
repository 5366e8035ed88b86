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
  /// A text in which variables were replaced.
  var isInterpolated = false

  init(_ value: Value, _ place: Place) {
    self.value = value
    self.place = place
  }

  /// A node made from this one: another value at the same place.
  func with(_ value: Value) -> Node { Node(value, place) }
  func with(_ text: String) -> Node { Node(.string(text), place) }

  var isCollection: Bool {
    switch value {
    case .sequence, .mapping: true
    case .null, .bool, .integer, .float, .string: false
    }
  }
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
  /// Only of mappings with many keys: a few are found faster one after the other.
  private var index: [String: Int] = [:]

  private static let few = 16

  init() {}
  init(minimumCapacity: Int) { entries.reserveCapacity(minimumCapacity) }
  init(_ entries: [Entry]) {
    self.entries.reserveCapacity(entries.count)
    for entry in entries { self[entry: entry.key] = entry }
  }

  var isEmpty: Bool { entries.isEmpty }
  var keys: [String] { entries.map(\.key) }
  subscript(key: String) -> Node? { position(key).map { entries[$0].value } }

  private func position(_ key: String) -> Int? {
    if entries.count > Self.few { return index[key] }
    // Most keys that are asked for are not there: their lengths tell faster than their letters.
    let length = key.utf8.count
    for at in entries.indices where entries[at].key.utf8.count == length && entries[at].key == key { return at }
    // Other than ASCII texts may be equal though their bytes are not.
    return key.utf8.allSatisfy { $0 < 0x80 } ? nil : entries.firstIndex { $0.key == key }
  }

  /// Adds an entry whose key is known not to be there.
  mutating func append(_ entry: Entry) {
    entries.append(entry)
    if entries.count == Self.few + 1 { reindex() } else if entries.count > Self.few { index[entry.key] = entries.count - 1 }
  }

  /// Whether a key has no value.
  var hasNull: Bool {
    for at in entries.indices { if case .null = entries[at].value.value { return true } }
    return false
  }

  private mutating func reindex() {
    index.removeAll(keepingCapacity: true)
    guard entries.count > Self.few else { return }
    for at in entries.indices { index[entries[at].key] = at }
  }

  /// The entry of a key; setting replaces in place or appends.
  subscript(entry key: String) -> Entry? {
    get { position(key).map { entries[$0] } }
    set {
      switch (position(key), newValue) {
      case (let at?, let entry?): entries[at] = entry
      case (nil, let entry?):
        append(entry)
      case (let at?, nil):
        entries.remove(at: at)
        reindex()
      case (nil, nil): break
      }
    }
  }

  /// Sets a value; a new key stands where the value stands.
  mutating func set(_ key: String, _ value: Node) {
    self[entry: key] = Entry(key: key, keyPlace: position(key).map { entries[$0].keyPlace } ?? value.place, value: value)
  }

  /// Another value for the entry at this position.
  mutating func replaceValue(at position: Int, _ value: Node) { entries[position].value = value }

  func filter(_ isKept: (Entry) -> Bool) -> Mapping { Mapping(entries.filter(isKept)) }

  /// Changes the entries where they stand; their keys must stay.
  mutating func updateEach(_ change: (inout Entry) -> Void) {
    for at in entries.indices { change(&entries[at]) }
  }

  func mapValues(_ transform: (Entry) -> Node) -> Mapping {
    var copy = self
    for at in copy.entries.indices { copy.entries[at].value = transform(copy.entries[at]) }
    return copy
  }
}
