import Diagnostics

/// What becomes of a key. There is no key without.
enum KeySupport: Sendable, Equatable {
  /// As the specification has it.
  case exact
  /// In another way, with the same result.
  case equivalent(why: String)
  /// As the specification has it but for some values, which decoding names as it meets them.
  case limited(except: String)
  /// A hint that has no effect, or not quite the specified one; a warning names it.
  case approximate(why: String, advice: String)
  /// Cannot be done, and leaving it out would weaken isolation, lose data, or change who is reached or what runs: an error.
  case unsupported(why: String, advice: String)
  /// The same as the key it stands in.
  case inherited

  var level: Finding.Support? {
    switch self {
    case .exact, .limited: .exact
    case .equivalent: .equivalent
    case .approximate: .approximate
    case .unsupported: .unsupported
    case .inherited: nil
    }
  }

  /// Whether the key's value reaches the stack.
  var isGiven: Bool {
    switch self {
    case .exact, .limited, .equivalent: true
    case .approximate, .unsupported, .inherited: false
    }
  }

  /// What holds for a key inside one with this support.
  func within(_ outer: KeySupport) -> KeySupport {
    switch (outer, self) {
    case (_, .inherited), (.unsupported, _), (.approximate, _): outer
    default: self
    }
  }
}
