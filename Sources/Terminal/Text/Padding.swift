extension String {
  /// Filled up with spaces to a number of characters.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  /// Cut to a number of characters, the last being `…` when something is missing.
  func truncated(to width: Int) -> String {
    guard width > 0, count > width else { return width > 0 ? self : "" }
    return prefix(width - 1) + "…"
  }
}
