/// A command written as one text, split into words as Compose does: blanks separate, quotes and backslashes hold together, nothing is
/// expanded, and nothing is run by a shell.
struct ShellWords {
  var words: [String]
  /// From where the text means something to a shell only (`&& b`): Compose drops it. nil: nothing is dropped.
  var dropped: String?

  /// nil: a quote, a bracket or an escape is not closed.
  init?(_ text: String) {
    var words: [String] = []
    var word: String?
    var scalars = text.unicodeScalars[...]
    var quote: Unicode.Scalar?
    func append(_ scalar: Unicode.Scalar) {
      var text = word ?? ""
      text.unicodeScalars.append(scalar)
      word = text
    }
    scan: while let scalar = scalars.first {
      let here = scalars
      scalars.removeFirst()
      switch (scalar, quote) {
      case ("'", "'"?), ("\"", "\""?): quote = nil
      case (_, "'"?): append(scalar)
      case ("\\", _):
        guard let next = scalars.popFirst() else { return nil }
        append(next)
      case (_, "\""?): append(scalar)
      // What a shell would run in its place stays one word, with its marks.
      case ("`", "`"?), (")", ")"?):
        append(scalar)
        quote = nil
      case (_, "`"?), (_, ")"?): append(scalar)
      case ("'", _), ("\"", _):
        word = word ?? ""
        quote = scalar
      case ("`", _):
        append(scalar)
        quote = "`"
      case ("(", _):
        guard word?.last == "$" else { return nil }
        append(scalar)
        quote = ")"
      case (")", _): return nil
      case (" ", _), ("\t", _), ("\n", _), ("\r", _):
        if let word { words.append(word) }
        word = nil
      case (";", _), ("&", _), ("|", _), ("<", _), (">", _):
        // The number of a redirection belongs to it: `2> file`.
        if scalar == ">", let first = word?.unicodeScalars.first, ("0"..."9").contains(first) { word = nil }
        dropped = String(String.UnicodeScalarView(here))
        break scan
      default: append(scalar)
      }
    }
    guard quote == nil else { return nil }
    if let word { words.append(word) }
    self.words = words
  }
}
