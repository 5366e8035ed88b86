/// What is to be written instead of a stretch of a file. An empty stretch: it is inserted.
public struct TextEdit: Sendable, Codable, Hashable {
  public var range: SourceRange
  public var replacement: String
  public init(_ range: SourceRange, _ replacement: String) {
    self.range = range
    self.replacement = replacement
  }
}

/// A way to put right what a ``Diagnostic`` tells about: edits that belong together.
public struct Fix: Sendable, Codable, Hashable {
  /// One short sentence, as an editor shows it: `quote the value`.
  public var title: String
  public var edits: [TextEdit]
  /// The stack does what it was meant to do, before and after: nobody needs to look at it.
  ///
  /// Not so when it changes who is reached or what a container is given; such a fix is for a person to choose.
  public var isSafe: Bool
  /// The places of the resolved stack that it changes, as `services.*.environment.MODE`; `*` is any one name. None: the stack stays the same.
  public var changes: [String]

  public init(_ title: String, _ edits: [TextEdit], isSafe: Bool, changes: [String] = []) {
    self.title = title
    self.edits = edits
    self.isSafe = isSafe
    self.changes = changes
  }
}
