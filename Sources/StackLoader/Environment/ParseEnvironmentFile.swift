import Diagnostics

/// A file of variables; nil, with the error reported at the file's own line, when it cannot be read.
func parseEnvironmentFile(
  _ bytes: [UInt8], shown path: String, place: Place?, isRaw: Bool = false, lookup: @escaping (String) -> String?, _ report: Report
) -> Variables? {
  var variables = Variables()
  func define(_ name: String, _ value: String, _ line: Int, _ column: Int) {
    let start = SourceRange.Position(line: line, column: column)
    let end = SourceRange.Position(line: line, column: column + name.unicodeScalars.count)
    variables.set(name, value, from: .file(SourceRange(file: path, start: start, end: end)))
  }
  if isRaw {
    for found in parseRawEnvironment(bytes, lookup: lookup) { define(found.name, found.value, found.line, found.column) }
    return variables
  }
  var file = DotEnv(lookup: lookup, unset: { report.unsetVariable($0, place) })
  do throws(DotEnv.Failure) {
    try file.parse(bytes)
    for found in file.definitions { define(found.name, found.value, found.line, found.column) }
    return variables
  } catch {
    let at = SourceRange.Position(line: error.line, column: error.column)
    // The line may hold a password: it is not shown.
    report.errorWithoutExcerpt(
      .environmentFile, SourceRange(file: path, start: at, end: at), error.message, notes: place?.trail?.notes ?? [])
    return nil
  }
}

/// `format: raw`: `NAME=value` lines taken literally; a name alone passes a variable through.
func parseRawEnvironment(_ bytes: [UInt8], lookup: (String) -> String?) -> [(name: String, value: String, line: Int, column: Int)] {
  var variables: [(name: String, value: String, line: Int, column: Int)] = []
  let lines = bytes.filter { $0 != 0 }.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  for (number, bytes) in lines.enumerated() {
    var text = String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)[...]
    if number == 0, text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    let line = text.drop { $0 == " " || $0 == "\t" }
    guard !line.isEmpty, line.first != "#" else { continue }
    let column = text.unicodeScalars.count - line.unicodeScalars.count + 1
    guard let equals = line.firstIndex(of: "=") else {
      if let inherited = lookup(String(line)) { variables.append((String(line), inherited, number + 1, column)) }
      continue
    }
    variables.append((String(line[..<equals]), String(line[line.index(after: equals)...]), number + 1, column))
  }
  return variables
}
