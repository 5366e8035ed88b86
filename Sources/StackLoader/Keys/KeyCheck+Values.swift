import Diagnostics

/// Single values, and what is said about those of another shape.
extension KeyCheck {
  func checkScalar(_ node: Node, _ shape: Shape, _ spot: Spot) {
    guard shape.kinds.accepts(node.value) || accepts(variable: node, shape) else { return mistyped(node, shape, spot) }
    if !interpolates, node.string?.utf8.contains(UInt8(ascii: "$")) == true { return }
    if case .string(let text) = node.value {
      if !shape.texts.isEmpty, !shape.texts.contains(text) { return unknownText(text, node, shape, spot) }
      if let pattern = shape.pattern, !pattern.matches(text) {
        let problem = pattern == .pullPolicy ? "is not known" : "is not a \(pattern == .containerName ? "container's name" : "name")"
        let near = pattern == .pullPolicy ? nearest(to: text, among: ["always", "never", "missing", "build"]) : nil
        report.structureError(
          pattern == .pullPolicy ? .invalidValue : .name, node.place, "\(subject(spot, "\"\(shortened(text))\"")) \(problem)",
          hint: (near.map { "did you mean \"\($0)\"? " } ?? "") + pattern.advice)
      }
    }
    if let bounds = shape.bounds, let number = number(node), number < Double(bounds.lowerBound) || number > Double(bounds.upperBound) {
      let range =
        bounds.upperBound == Int64.max
        ? "must be at least \(bounds.lowerBound)" : "must be between \(bounds.lowerBound) and \(bounds.upperBound)"
      report.structureError(.invalidValue, node.place, "\(subject(spot, node.text ?? "")) \(range)")
    }
  }

  /// Compose makes of a text that variables were replaced in what the key needs.
  private func accepts(variable node: Node, _ shape: Shape) -> Bool {
    guard let text = node.string else { return false }
    if !interpolates, text.utf8.contains(UInt8(ascii: "$")) { return !shape.kinds.isEmpty || shape.list != nil }
    return node.isInterpolated && shape.kinds.acceptsCast(text)
  }

  private func number(_ node: Node) -> Double? {
    switch node.value {
    case .integer(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  private func unknownText(_ written: String, _ node: Node, _ shape: Shape, _ spot: Spot) {
    let text = shortened(written)
    let near = nearest(to: text, among: shape.texts).map { "did you mean \"\($0)\"? " } ?? ""
    let all = shape.texts.count == 1 ? "there is \(shape.texts[0])" : "there are \(listed(shape.texts, "and"))"
    report.structureError(.invalidValue, node.place, "\(subject(spot, "\"\(text)\"")) is not known", hint: near + all)
  }

  /// Also `healthy` for `service_healthy`.
  private func nearest(to text: String, among known: [String]) -> String? {
    if let near = nearestName(to: text, among: known) { return near }
    let holding = known.filter { text.utf8.count > 3 && $0.contains(text.lowercased()) }
    return holding.count == 1 ? holding[0] : nil
  }

  // MARK: Another kind

  func mistyped(_ node: Node, _ shape: Shape, _ spot: Spot) {
    let wanted = shape.words
    let what = spot.isItem ? "\(place(Array(spot.path.dropLast())))an entry of \(spot.path.last ?? "the list")" : named(spot.path)
    let found = node.isInterpolated ? "the text \"\(shortened(node.text ?? ""))\"" : node.kind
    report.structureError(
      .wrongType, node.isNull && !spot.isItem ? spot.keyPlace ?? node.place : node.place, "\(what) must be \(wanted), not \(found)",
      hint: MistypedValue(node: node, shape: shape, key: spot.path.last ?? "", isItem: spot.isItem, example: spot.example).advice)
  }

  // MARK: Repetitions

  /// No item twice where it is written; what several files have in common is merging's business.
  func checkUnique(_ items: [Node], in list: Node, _ spot: Spot) {
    guard items.count > 1 else { return }
    var inList = spot
    inList.isItem = true
    var seen: [String: Node] = [:]
    for item in items {
      let text = item.fingerprint
      guard let first = seen[text] else {
        seen[text] = item
        continue
      }
      guard isWrittenBefore(first.place, item.place), isBefore(first.place, list.place) == isBefore(item.place, list.place) else {
        continue
      }
      let shown = item.text.map { "\"\(shortened(SecretNames.masked($0)))\"" } ?? "an entry"
      report.structureError(
        .duplicateItem, item.place,
        "\(subject(inList, "has")) \(shown) twice; first in line \(first.place.start.line), column \(first.place.start.column)",
        hint: "keep one of them")
    }
  }

  private func isWrittenBefore(_ first: Place, _ second: Place) -> Bool { first.origin === second.origin && !isBefore(second, first) }

  private func isBefore(_ first: Place, _ second: Place) -> Bool {
    (first.start.line, first.start.column) < (second.start.line, second.start.column)
  }
}

extension Shape {
  /// Whether a plain value fits at first sight, as nearly all do: what needs a closer look is left to ``KeyCheck``.
  func fitsAtOnce(_ node: Node) -> Bool {
    isAnything || texts.isEmpty && pattern == nil && bounds == nil && kinds.accepts(node.value)
  }

  /// Whether the value is of a kind that fits.
  func hasKind(of node: Node) -> Bool {
    switch node.value {
    case .mapping: mapping != nil
    case .sequence: list != nil
    default: kinds.accepts(node.value)
    }
  }
}

extension Node {
  /// The same for equal values, as JSON Schema counts them, however they are written.
  fileprivate var fingerprint: String {
    switch value {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "#\(value)"
    case .float(let value): Int64(exactly: value).map { "#\($0)" } ?? "#\(value)"
    case .string(let text): "\"\(text.utf8.count):\(text)"
    case .sequence(let items): "[" + items.map(\.fingerprint).joined(separator: ",") + "]"
    case .mapping(let mapping):
      "{" + mapping.entries.sorted { $0.key < $1.key }.map { "\($0.key.utf8.count):\($0.key)=\($0.value.fingerprint)" }.joined() + "}"
    }
  }
}
