import Diagnostics

/// Holds a tree against ``KeyTable``: tells about every key that is unknown, missing, or without support, and every value of
/// another shape, each with its place.
///
/// What a value means is decoding's business; here it is only whether it can be read at all, as the specification's schema says.
struct KeyCheck {
  let report: Report
  /// Without, `${VARIABLES}` may stand for whatever is needed.
  var interpolates = true

  /// A place in the tree: its names from the top, and the key that led there.
  struct Spot {
    var path: [String] = []
    var keyPlace: Place?
    /// Inside a list.
    var isItem = false
    /// Whether what has no support is told about; not inside what has none already.
    var tellsSupport = true
    var example: String?

    func inside(_ name: String, _ keyPlace: Place, example: String? = nil, tellsSupport: Bool) -> Spot {
      Spot(path: path + [name], keyPlace: keyPlace, tellsSupport: tellsSupport, example: example)
    }
  }

  func check(_ model: Node) { check(model, KeyTable.stack, Spot()) }

  /// Checks a part of the tree, whose path has the names that are written.
  func check(_ node: Node, at path: [String]) {
    guard let shape = KeyTable.shape(at: path) else { return }
    check(node, shape, Spot(path: path))
  }

  func check(_ node: Node, _ shape: Shape, _ spot: Spot) {
    guard !shape.isAnything else { return }
    switch node.value {
    case .mapping(let mapping):
      guard let wanted = shape.mapping else { return mistyped(node, shape, spot) }
      check(mapping, node, wanted, spot)
    case .sequence(let items):
      guard let wanted = shape.list else { return mistyped(node, shape, spot) }
      var inner = spot
      inner.isItem = true
      for item in items { check(item, wanted.item, inner) }
      if wanted.isUnique { checkUnique(items, in: node, spot) }
    default: checkScalar(node, shape, spot)
    }
  }

  // MARK: Mappings

  private func check(_ mapping: Mapping, _ node: Node, _ wanted: MappingShape, _ spot: Spot) {
    let before = report.structureErrors
    // What is found wrong in an entry of a list is not told once more of the entry.
    defer { if spot.isItem, report.structureErrors > before { report.hush(at: node.place) } }
    var meant: Set<String> = []
    let outside = IndentationCheck(report: report, spot: spot).check(mapping, wanted)
    for at in mapping.entries.indices {
      let known = wanted[mapping.entries[at].key]
      // Nearly every entry, which is not even copied.
      if let known, outside.isEmpty, isQuiet(known.support), known.shape.fitsAtOnce(mapping.entries[at].value) { continue }
      let entry = mapping.entries[at]
      if outside.contains(entry.key) { continue }
      if let key = known {
        tellSupport(of: key, entry, spot)
        guard !key.shape.fitsAtOnce(entry.value) else { continue }
        let tells = spot.tellsSupport && key.support.isGiven
        let inner = spot.inside(entry.key, entry.keyPlace, example: key.example, tellsSupport: tells)
        check(entry.value, key.shape, inner)
      } else if let names = wanted.names, let value = wanted.value, names.matches(entry.key) {
        guard !value.fitsAtOnce(entry.value) else { continue }
        // An entry of a list that merging made a mapping of has a value nobody wrote.
        let isMade = entry.value.isNull && entry.value.place.start == entry.keyPlace.start
        if !isMade { check(entry.value, value, spot.inside(entry.key, entry.keyPlace, tellsSupport: spot.tellsSupport)) }
      } else if wanted.allowsExtensions, entry.key.hasPrefix("x-") {
        continue
      } else if let names = wanted.names, wanted.isClosed {
        report.structureError(
          .name, entry.keyPlace, "\"\(shortened(entry.key))\" is not a name for \(nameOfNames(spot.path))", hint: names.advice)
        if let value = wanted.value { check(entry.value, value, spot.inside(entry.key, entry.keyPlace, tellsSupport: spot.tellsSupport)) }
      } else if wanted.isClosed {
        let unknown = UnknownKey(name: entry.key, value: entry.value, path: spot.path, mapping: wanted, isItem: spot.isItem)
        let advice = report.isFull ? nil : unknown.advice
        report.structureError(
          .unknownKey, entry.keyPlace, "\(place(spot.path))the key \"\(shortened(entry.key))\" is not known", hint: advice)
        if let required = nearestName(to: entry.key, among: wanted.required) { meant.insert(required) }
        // It may well be the section in which everything else is declared.
        if spot.path.isEmpty { report.hush(.undeclared) }
      } else if !wanted.keys.isEmpty {
        report.warning(
          .withoutEffect, entry.keyPlace, "\(place(spot.path))the key \"\(shortened(entry.key))\" is not known, and has no effect",
          hint: nearestName(to: entry.key, among: wanted.keys.map(\.name)).map { "did you mean \"\($0)\"?" })
      }
    }
    let missing = wanted.required.filter { mapping[$0] == nil && !meant.contains($0) }
    if !missing.isEmpty { tellMissing(missing, node, wanted, spot) }
  }

  private func tellMissing(_ missing: [String], _ node: Node, _ wanted: MappingShape, _ spot: Spot) {
    let names = listed(missing.map { "\"\($0)\"" }, "and")
    let examples = missing.map { name in "\(name): \(wanted[name]?.example ?? "…")" }
    report.structureError(
      .missingKey, spot.isItem ? node.place : spot.keyPlace ?? node.place,
      "\(place(spot.path))the key\(missing.count > 1 ? "s" : "") \(names) \(missing.count > 1 ? "are" : "is") missing",
      hint: "add \(listed(examples, "and"))")
  }

  /// Whether nothing is told about the support.
  private func isQuiet(_ support: KeySupport) -> Bool {
    switch support {
    case .exact, .limited, .equivalent, .inherited: true
    case .approximate, .unsupported: false
    }
  }

  private func tellSupport(of key: Key, _ entry: Mapping.Entry, _ spot: Spot) {
    guard spot.tellsSupport else { return }
    var field: String { (spot.path + [key.name]).joined(separator: ".") }
    switch key.support {
    case .exact, .limited, .equivalent, .inherited: break
    case .approximate(let why, let advice):
      report.finding(
        Finding(field: field, support: .approximate), .warning, entry.keyPlace, "\(place(spot.path))\"\(key.name)\" has no effect: \(why)",
        hint: advice)
    case .unsupported(let why, let advice):
      guard !asksForNothing(entry.value) else { return }
      report.finding(
        Finding(field: field, support: .unsupported), .error, entry.keyPlace,
        "\(place(spot.path))\"\(key.name)\" is not supported yet by this version: \(why)", hint: advice)
    }
  }

  /// No reason to refuse.
  private func asksForNothing(_ node: Node) -> Bool {
    switch node.value {
    case .null, .bool(false), .string(""): true
    case .mapping(let mapping): mapping.isEmpty
    case .sequence(let nodes): nodes.isEmpty
    default: false
    }
  }

  private func nameOfNames(_ path: [String]) -> String {
    path.count == 1 && Self.sections.contains(path[0]) ? "a \(path[0].dropLast())" : "an entry of \(path.last ?? "the file")"
  }
}
