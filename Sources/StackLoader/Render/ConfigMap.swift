/// A mapping with its entries in the order in which they are printed. Two are equal when they hold the same, in whatever order.
struct ConfigMap: Equatable, ExpressibleByDictionaryLiteral {
  struct Entry: Equatable {
    var key: String
    var value: ConfigValue
  }
  private(set) var entries: [Entry] = []
  private var index: [String: Int] = [:]

  init() {}
  init(_ entries: [(String, ConfigValue)]) { for (key, value) in entries { self[key] = value } }
  init(sorting entries: [(String, ConfigValue)]) { self.init(entries.sorted { isNaturallyBefore($0.0, $1.0) }) }
  init(dictionaryLiteral elements: (String, ConfigValue)...) { self.init(elements) }
  init(_ values: [String: ConfigValue]) { self.init(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) }

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }
  var keys: [String] { entries.map(\.key) }

  /// Setting replaces in place, or appends.
  subscript(key: String) -> ConfigValue? {
    get { index[key].map { entries[$0].value } }
    set {
      switch (index[key], newValue) {
      case (let at?, let value?): entries[at].value = value
      case (nil, let value?):
        index[key] = entries.count
        entries.append(Entry(key: key, value: value))
      case (let at?, nil):
        entries.remove(at: at)
        index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
      case (nil, nil): break
      }
    }
  }

  func mapValues(_ transform: (ConfigValue) -> ConfigValue) -> ConfigMap {
    var copy = self
    for at in copy.entries.indices { copy.entries[at].value = transform(copy.entries[at].value) }
    return copy
  }

  static func == (one: ConfigMap, other: ConfigMap) -> Bool {
    one.count == other.count && one.entries.allSatisfy { other[$0.key] == $0.value }
  }
}
