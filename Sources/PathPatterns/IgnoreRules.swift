/// A `.dockerignore` file: which paths of the context a build does not see. The last line that matches a path, or a directory above it, decides.
package struct IgnoreRules: Sendable {
  private struct Rule: Sendable {
    var pattern: PathPattern
    var isException: Bool
  }
  private var rules: [Rule] = []

  /// Nothing is ignored.
  package init() {}

  /// `file` is its name for messages.
  package init(parsing bytes: [UInt8], file: String) throws(PatternError) {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if line.first == UInt8(ascii: "#") { continue }
      var pattern = line.trimmed
      if pattern.isEmpty { continue }
      let isException = pattern.first == UInt8(ascii: "!")
      if isException { pattern = pattern.dropFirst().trimmed }
      let names = Self.cleaned(pattern)
      guard !pattern.isEmpty, let compiled = PathPattern(Array(names.joined(separator: [0x2F])), isDeep: true) else {
        throw PatternError("\(file):\(number + 1): \"\(String(decoding: line, as: UTF8.self))\" is no pattern")
      }
      if names.isEmpty { continue }
      rules.append(Rule(pattern: compiled, isException: isException))
    }
  }

  /// Patterns that are written one by one, in what messages call `name`.
  package init(_ patterns: [String], of name: String) throws(PatternError) {
    try self.init(parsing: Array(patterns.map { $0.hasPrefix("#") ? "\\" + $0 : $0 }.joined(separator: "\n").utf8), file: name)
  }

  /// Lines that take something back: a directory that is ignored may hold files that are not.
  package var hasExceptions: Bool { rules.contains(where: \.isException) }

  /// Whether the build does not see this path, given by its names.
  package func ignore(_ path: [[UInt8]]) -> Bool {
    var isIgnored = false
    for rule in rules where rule.isException == isIgnored {
      // A pattern that matches a directory matches all that is in it.
      for length in stride(from: path.count, to: 0, by: -1) where rule.pattern.matches(Array(path[..<length].joined(separator: [0x2F]))) {
        isIgnored = !rule.isException
        break
      }
    }
    return isIgnored
  }

  /// The names of a pattern without `.`, `..` and empty ones (Go's `filepath.Clean` of a rooted path).
  private static func cleaned(_ pattern: ArraySlice<UInt8>) -> [[UInt8]] {
    var names: [[UInt8]] = []
    for part in pattern.split(separator: 0x2F) where part != [0x2E] {
      if part == [0x2E, 0x2E] { _ = names.popLast() } else { names.append(Array(part)) }
    }
    return names
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks at both ends.
  fileprivate var trimmed: ArraySlice<UInt8> {
    var part = self
    while let first = part.first, first.isBlank { part = part.dropFirst() }
    while let last = part.last, last.isBlank { part = part.dropLast() }
    return part
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
