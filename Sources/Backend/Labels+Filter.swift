extension [String: String] {
  /// Whether there is such a label, as Docker's filters have it: `KEY`, or `KEY=VALUE`.
  package func has(label text: String) -> Bool {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let value = self[parts[0]] else { return false }
    return parts.count == 1 || value == parts[1]
  }
}
