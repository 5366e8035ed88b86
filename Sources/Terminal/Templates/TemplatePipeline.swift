/// `$x := .A | f "b"`: what stands between the braces.
struct TemplatePipeline: Sendable {
  /// The variable that it sets.
  var variable: String?
  /// The variable is new, `:=`.
  var declares = false
  /// The text, for messages.
  var source: String
  /// Each but the first gets what the one before it gave as its last argument.
  var commands: [[TemplateOperand]]
}

/// A word of a command.
indirect enum TemplateOperand: Sendable {
  /// `.`, `.A.B`
  case dot([String])
  /// `$`, `$x.A`
  case variable(String, [String])
  case literal(TemplateValue)
  case function(String)
  /// `(…).A`
  case group(TemplatePipeline, [String])
}
