import Diagnostics

/// Finds keys that stand one level too far out or in: what YAML reads as other things than were meant.
struct IndentationCheck {
  let report: Report
  let spot: KeyCheck.Spot

  /// Tells about them; the keys that nothing more needs to be said about.
  func check(_ mapping: Mapping, _ wanted: MappingShape) -> Set<String> {
    switch spot.path {
    case []: services(besideServices: mapping).union(keys(besideTheirs: mapping, wanted))
    case ["services"]: keys(besideServices: mapping).union(sections(amongServices: mapping))
    default: keys(besideTheirs: mapping, wanted)
    }
  }

  /// `environment:` with nothing in it, and variables beside it.
  private func keys(besideTheirs mapping: Mapping, _ wanted: MappingShape) -> Set<String> {
    guard wanted.isClosed, wanted.names == nil, mapping.hasNull else { return [] }
    var found: Set<String> = []
    var before: Key?
    // Nobody forgets to indent more than a screen of keys; a file with 100 000 is made to keep us busy.
    var looks = 200
    for entry in mapping.entries {
      if let key = wanted[entry.key] {
        before = entry.value.isNull ? key : nil
        continue
      }
      looks -= before == nil ? 0 : 1
      if looks > 0, let outer = before, let inner = outer.shape.mapping, belongs(entry, to: inner, among: wanted) {
        found.insert(entry.key)
        found.insert(outer.name)
        report.structureError(
          .unknownKey, entry.keyPlace,
          "\(KeyCheck(report: report).place(spot.path))\"\(entry.key)\" stands beside \(outer.name), not in it",
          hint: "indent it further than \(outer.name):")
        if outer.name == "volumes" || outer.name == "networks" || outer.name == "secrets" || outer.name == "configs" {
          report.hush(.undeclared)
        }
      }
    }
    return found
  }

  private func belongs(_ entry: Mapping.Entry, to inner: MappingShape, among wanted: MappingShape) -> Bool {
    if inner[entry.key] != nil { return true }
    guard let names = inner.names, let value = inner.value, names.matches(entry.key), value.hasKind(of: entry.value) else { return false }
    return !entry.key.hasPrefix("x-") && nearestName(to: entry.key, among: wanted.keys.map(\.name)) == nil
      && FormerKeys.advice(for: entry.key, at: spot.path) == nil
  }

  /// `web:` with an image at the top: `services:` is missing.
  private func services(besideServices mapping: Mapping) -> Set<String> {
    guard let stack = KeyTable.stack.mapping else { return [] }
    var found: Set<String> = []
    for entry in mapping.entries where stack[entry.key] == nil && !entry.key.hasPrefix("x-") {
      guard entry.value["image"] != nil || entry.value["build"] != nil else { continue }
      found.insert(entry.key)
      report.structureError(
        .unknownKey, entry.keyPlace, "the key \"\(entry.key)\" is not known, and looks like a service",
        hint: mapping["services"] == nil ? "write services: above it, and indent it below" : "indent it, so that it is below services:")
    }
    return found
  }

  /// `image:` that is as far to the left as the service it belongs to.
  private func keys(besideServices mapping: Mapping) -> Set<String> {
    guard mapping.hasNull, let service = KeyTable.service.mapping else { return [] }
    var found: Set<String> = []
    var before: String?
    for entry in mapping.entries {
      if let name = before, let key = service[entry.key],
        !isService(entry.value) || key.shape.mapping == nil && key.shape.hasKind(of: entry.value)
      {
        found.insert(entry.key)
        found.insert(name)
        if let service = mapping[entry: name] { report.hush(at: service.keyPlace) }
        report.structureError(
          .unknownKey, entry.keyPlace, "\"\(entry.key)\" stands beside service \"\(name)\", not in it",
          hint: "indent it further than \(name):")
        report.hush(at: entry.value.place)
      } else {
        before = entry.value.isNull ? entry.key : nil
      }
    }
    return found
  }

  /// `volumes:` and the like, indented below `services:`.
  private func sections(amongServices mapping: Mapping) -> Set<String> {
    var found: Set<String> = []
    for entry in mapping.entries where ["networks", "volumes", "secrets", "configs"].contains(entry.key) {
      guard !isService(entry.value), entry.value.mapping?.isEmpty == false else { continue }
      found.insert(entry.key)
      report.structureError(
        .unknownKey, entry.keyPlace, "\"\(entry.key)\" stands below services, where it is taken for a service",
        hint: "move it to the left, to the column of services:")
      report.hush(.undeclared)
    }
    return found
  }

  /// Whether a mapping has a service's keys.
  private func isService(_ node: Node) -> Bool {
    guard let mapping = node.mapping, let service = KeyTable.service.mapping else { return false }
    return mapping.entries.contains { service[$0.key] != nil && $0.key != "labels" && $0.key != "driver" }
  }
}
