extension WrittenFiles {
  /// `NAME=value` lists and mappings, each value as it is written; names without a value are left out.
  func pairs(_ node: Node?) -> [(name: String, written: String, entry: Mapping.Entry)] {
    guard let node, let mapping = keyed(node).mapping else { return [] }
    return mapping.entries.compactMap { entry in
      guard let text = entry.value.text else { return nil }
      var written = written(entry.value) ?? text
      if written.hasPrefix(entry.key + "=") { written = String(written.dropFirst(entry.key.count + 1)) }
      return (entry.key, written, entry)
    }
  }
}
