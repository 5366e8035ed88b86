import Diagnostics

/// A key that is not known, with the one that was probably meant to be written instead. Whether that is right, the reload shows.
func withKeyFix(_ diagnostic: Diagnostic, _ files: WrittenFiles) -> Diagnostic {
  guard diagnostic.code == Code.unknownKey.rawValue, diagnostic.fix == nil, let range = diagnostic.range,
    let source = files.sources[range.file]?.text,
    let meant = diagnostic.hint.flatMap({ try? /did you mean "([A-Za-z0-9_-]+)"\?/.wholeMatch(in: $0) })
  else { return diagnostic }
  var token = source.offset(range.start)..<source.offset(range.end)
  guard let first = source.bytes[token].first, first != UInt8(ascii: "&"), first != UInt8(ascii: "!") else { return diagnostic }
  // Quotes stay.
  if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"), token.count > 2 { token = token.dropFirst().dropLast() }
  var fixed = diagnostic
  fixed.fix = Fix("write \(meant.output.1)", [TextEdit(source.range(token, in: range.file), String(meant.output.1))], isSafe: true)
  return fixed
}
