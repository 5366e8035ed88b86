import Diagnostics

/// Where things can be added to a stack file as it is written: in block style on lines of their own, in flow style behind the last item.
struct WrittenCollections {
  let source: SourceText
  var lineEnd: String { source.lineEnd.isEmpty ? "\n" : source.lineEnd }

  /// Whether a collection is written with brackets or braces.
  func isFlow(_ node: Node) -> Bool {
    let start = source.scalar(at: node.place).lowerBound
    return start < source.bytes.count && (source.bytes[start] == UInt8(ascii: "{") || source.bytes[start] == UInt8(ascii: "["))
  }

  /// Where what is written of an entry ends: of its last scalar or bracket, or of an alias, of the key when there is no value.
  func end(of entry: Mapping.Entry) -> Int {
    let key = source.offset(entry.keyPlace.end)
    return max(aliasEnd(after: key), end(of: entry.value, after: key))
  }

  func end(of node: Node, after start: Int) -> Int {
    let own = source.offset(node.place.start)
    guard own >= start else { return start }
    if node.isCollection {
      let first = isFlow(node) ? source.scalar(at: node.place).lowerBound + 1 : own
      let last =
        switch node.value {
        // What aliases bring in stands elsewhere.
        case .mapping(let mapping): mapping.entries.filter { source.offset($0.keyPlace.start) >= first }.map { end(of: $0) }.max() ?? first
        case .sequence(let nodes): nodes.map { end(of: $0, after: first) }.max() ?? first
        default: first
        }
      return isFlow(node) ? closing(after: last) : last
    }
    return trimmed(source.offset(node.place.end), from: own)
  }

  /// Behind `: *name`; without an alias right there the key's own end.
  private func aliasEnd(after key: Int) -> Int {
    let rest = source.bytes[key...].drop { isBlank($0) || $0 == UInt8(ascii: ":") }
    guard rest.first == UInt8(ascii: "*") else { return key }
    return rest.firstIndex { isBlank($0) || [0x0A, 0x0D, 0x2C, 0x5D, 0x7D].contains($0) } ?? source.bytes.count
  }

  /// Behind the bracket that comes after a collection's last item.
  private func closing(after start: Int) -> Int {
    var at = start
    while at < source.bytes.count {
      switch source.bytes[at] {
      case UInt8(ascii: "]"), UInt8(ascii: "}"): return at + 1
      case UInt8(ascii: "#") where at == 0 || source.bytes[at - 1] == 0x0A || isBlank(source.bytes[at - 1]): at = endOfLine(at)
      default: at += 1
      }
    }
    return start
  }

  /// A block scalar ends where the next thing begins: line ends and blanks at its end are not its own.
  func trimmed(_ end: Int, from start: Int) -> Int {
    var end = end
    while end > start, source.bytes[end - 1] == 0x0A || source.bytes[end - 1] == 0x0D || isBlank(source.bytes[end - 1]) { end -= 1 }
    return end
  }

  func trimmed(_ token: Range<Int>) -> Range<Int> { token.lowerBound..<trimmed(token.upperBound, from: token.lowerBound) }

  /// The end of the line that an offset is on, its comment included.
  func endOfLine(_ offset: Int) -> Int { source.line(source.position(offset).line).upperBound }

  /// The blanks before a key, when it is the first on its line.
  func indentation(of place: Place) -> String? {
    let at = source.offset(place.start)
    guard source.isStartOfLineEmpty(to: at) else { return nil }
    return source.text(source.wholeLine(place.start.line).lowerBound..<at)
  }

  /// Whether the file writes its names in double quotes, as JSON does.
  func isJSON(_ root: Node) -> Bool {
    guard isFlow(root), let first = root.mapping?.entries.first else { return false }
    return source.bytes[source.offset(first.keyPlace.start)] == UInt8(ascii: "\"")
  }
}
