/// Trees made in place of what is written.
extension Node {
  /// A mapping at this node's place; keys without a value are left out.
  func mapping(of members: [(String, Node?)]) -> Node {
    with(.mapping(Mapping(members.compactMap { key, value in value.map { .init(key: key, keyPlace: place, value: $0) } })))
  }

  /// With one key set; nil removes it.
  func setting(_ key: String, _ value: Node?) -> Node {
    guard var mapping else { return self }
    if let value { mapping.set(key, value) } else { mapping[entry: key] = nil }
    var copy = self
    copy.value = .mapping(mapping)
    return copy
  }
}
