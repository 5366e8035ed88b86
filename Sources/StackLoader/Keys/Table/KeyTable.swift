/// Every key of the stack file, with its shape and what becomes of it: the one place that says so.
///
/// ``KeyCheck``, the JSON Schema for editors and the page of all keys in the documentation are made from it; tests hold it against
/// the Compose Specification's schema.
enum KeyTable {
  /// The whole file.
  static let stack = Shape.keys(topLevelKeys)

  /// The key at a path such as `services.*.build.args`, where `*` stands for any name; nil when there is none.
  static func key(at path: [String]) -> (key: Key, support: KeySupport)? {
    var shape = stack
    var found: (key: Key, support: KeySupport)?
    for name in path {
      let mapping = shape.mapping ?? shape.list?.item.mapping
      if let key = mapping?[name] {
        found = (key, key.support.within(found?.support ?? .exact))
        shape = key.shape
      } else if let value = mapping?.value {
        shape = value
      } else {
        return nil
      }
    }
    return found
  }

  /// What may stand at such a path.
  static func shape(at path: [String]) -> Shape? {
    var shape = stack
    for name in path {
      let mapping = shape.mapping ?? shape.list?.item.mapping
      guard let next = mapping?[name]?.shape ?? mapping?.value else { return nil }
      shape = next
    }
    return shape
  }

  /// All keys with their paths, the user's names as `*`, in the order of the table. A key's own keys follow it.
  static let all: [(path: [String], key: Key, support: KeySupport)] = rows(of: stack, at: [], in: .exact)

  private static func rows(of shape: Shape, at path: [String], in outer: KeySupport) -> [(path: [String], key: Key, support: KeySupport)] {
    guard let mapping = shape.mapping ?? shape.list?.item.mapping else { return [] }
    let known = mapping.keys.flatMap { key in
      let support = key.support.within(outer)
      return [(path + [key.name], key, support)] + rows(of: key.shape, at: path + [key.name], in: support)
    }
    return known + (mapping.value.map { rows(of: $0, at: path + ["*"], in: outer) } ?? [])
  }
}
