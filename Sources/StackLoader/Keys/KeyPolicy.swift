/// What becomes of a key of the Compose Specification.
enum KeyPolicy: Sendable, Equatable {
  /// Its value reaches the stack.
  case decoded
  /// An error that names the key: ignoring it would change how the application runs. With what to do instead.
  case refused(String)
  /// Has no effect on one machine, as with Compose itself; a warning names it.
  case warned(String)
}

/// The known keys as a tree. `*` stands for names that the user chooses; a key without children holds free content.
struct KeyTree: Sendable {
  var policy: KeyPolicy = .decoded
  var children: [String: KeyTree] = [:]

  mutating func add(_ path: Substring, _ policy: KeyPolicy) { add(path.split(separator: ".")[...], policy) }

  private mutating func add(_ path: ArraySlice<Substring>, _ policy: KeyPolicy) {
    guard let first = path.first else { return self.policy = policy }
    children[String(first), default: KeyTree()].add(path.dropFirst(), policy)
  }

  /// The policy of `services.*.image`-like paths; nil when no row of the table says anything about it.
  func policy(of path: [String]) -> KeyPolicy? {
    guard let first = path.first else { return policy }
    if case .decoded = policy, let child = children[first] { return child.policy(of: Array(path.dropFirst())) }
    return policy == .decoded ? nil : policy
  }
}
