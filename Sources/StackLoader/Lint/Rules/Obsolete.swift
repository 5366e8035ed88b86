import Diagnostics

/// Keys of older Compose files, and names that stand in the way.
func checkObsolete(_ lint: Lint) {
  for document in lint.files.documents {
    guard let top = document.mapping else { continue }
    if let version = top[entry: "version"] {
      lint.tell(
        .obsoleteKey, version.keyPlace, nil, "\"version\" has had no meaning since the Compose Specification", hint: "remove the line",
        fix: removal(of: version, in: document, lint.files))
    }
    for section in ["networks", "volumes", "secrets", "configs"] {
      for entry in top[section]?.mapping?.entries ?? [] { checkExternal(entry, section, lint) }
    }
  }
  for service in lint.services {
    if let entry = service.node.mapping?[entry: "links"], !entry.value.isNull {
      lint.tell(
        .obsoleteKey, entry.keyPlace, service, "\(service.subject): links are not needed: services of one network find each other by name",
        hint: "for another name give aliases under networks", severity: .note)
    }
    if let entry = service.node.mapping?[entry: "volumes_from"], !entry.value.isNull {
      lint.tell(
        .obsoleteKey, entry.keyPlace, service, "\(service.subject): volumes_from mounts whatever the other service has",
        hint: "name the volumes under volumes in both")
    }
    if let node = service["container_name"] {
      lint.tell(
        .containerName, node.place, service, "\(service.subject) has a fixed container name, so that there can be one of it on the machine",
        hint: "leave it out: other services reach it as \"\(service.name)\"")
    }
  }
}

/// `external: {name: x}`, which is `external: true` and `name: x` now.
private func checkExternal(_ entry: Mapping.Entry, _ section: String, _ lint: Lint) {
  guard let external = entry.value.mapping?[entry: "external"], let inner = external.value.mapping else { return }
  let noun = section.dropLast()
  lint.tell(
    .obsoleteKey, external.keyPlace, nil, "\(noun) \"\(entry.key)\": the name of something external stands beside external",
    hint: "write external: true and name: \(inner["name"]?.text ?? "…")", fix: modernExternal(entry, external, inner, lint.files))
}

private func modernExternal(_ entry: Mapping.Entry, _ external: Mapping.Entry, _ inner: Mapping, _ files: WrittenFiles) -> Fix? {
  guard entry.value["name"] == nil, inner.entries.count == 1, let name = inner[entry: "name"], let source = files.source(external.keyPlace),
    let written = files.token(name.value.place), !written.contains("\n"), external.value.place.origin.file == external.keyPlace.origin.file
  else { return nil }
  let title = "write external: true and name: \(written)"
  let file = external.keyPlace.origin.file
  let key = source.offset(external.keyPlace.start)
  let start = source.offset(external.value.place.start)
  if source.bytes[start...].first == UInt8(ascii: "{") {
    var end = source.offset(name.value.place.end)
    while end < source.bytes.count, isBlank(source.bytes[end]) { end += 1 }
    guard end < source.bytes.count, source.bytes[end] == UInt8(ascii: "}") else { return nil }
    let range = source.range(start..<end + 1, in: file)
    let isInFlow = source.bytes[source.offset(entry.value.place.start)...].first == UInt8(ascii: "{")
    if isInFlow { return Fix(title, [TextEdit(range, "true, name: \(written)")], isSafe: true) }
    guard source.isStartOfLineEmpty(to: key) else { return nil }
    let indentation = String(repeating: " ", count: external.keyPlace.start.column - 1)
    return Fix(title, [TextEdit(range, "true\(source.lineEnd)\(indentation)name: \(written)")], isSafe: true)
  }
  // In block style: `true` behind the key, and the name one level up.
  let nameKey = source.offset(name.keyPlace.start)
  let keyEnd = source.offset(external.keyPlace.end)
  guard source.isStartOfLineEmpty(to: key), source.isStartOfLineEmpty(to: nameKey), source.bytes[keyEnd...].first == UInt8(ascii: ":"),
    source.isRestOfLineEmpty(from: keyEnd + 1)
  else { return nil }
  let lineStart = source.wholeLine(name.keyPlace.start.line).lowerBound
  let outer = source.wholeLine(external.keyPlace.start.line).lowerBound
  return Fix(
    title,
    [
      TextEdit(source.range(keyEnd + 1..<keyEnd + 1, in: file), " true"),
      TextEdit(source.range(lineStart..<nameKey, in: file), source.text(outer..<key)),
    ], isSafe: true)
}

/// Removes an entry with a scalar on one line.
private func removal(of entry: Mapping.Entry, in parent: Node, _ files: WrittenFiles) -> Fix? {
  guard let source = files.source(entry.keyPlace), entry.value.text != nil || entry.value.isNull,
    entry.keyPlace.start.line == entry.value.place.end.line, let token = files.token(entry.value.place),
    source.scalar(at: entry.value.place).lowerBound == source.offset(entry.value.place.start) || token.isEmpty
  else { return nil }
  let key = source.offset(entry.keyPlace.start)
  guard source.isStartOfLineEmpty(to: key), source.isRestOfLineEmpty(from: source.offset(entry.value.place.end)) else { return nil }
  let number = entry.keyPlace.start.line
  var range = source.wholeLine(number)
  // The blank line behind it set it apart from what follows.
  let isBlankAbove = number == 1 || source.line(number - 1).isEmpty
  if isBlankAbove, number < source.lineCount, source.line(number + 1).isEmpty {
    range = range.lowerBound..<source.wholeLine(number + 1).upperBound
  }
  return Fix("remove the line", [TextEdit(source.range(range, in: entry.keyPlace.origin.file), "")], isSafe: true)
}
