import Diagnostics

/// What is added to a service as it is written: to its `secrets`, and its `entrypoint`.
struct ServiceAdditions {
  let collections: WrittenCollections
  let service: Mapping.Entry
  let environment: Mapping.Entry
  let isJSON: Bool
  let file: String

  private var source: SourceText { collections.source }

  /// Gives the service a secret. False: nothing can be added here.
  func grant(_ key: String, _ changes: inout TextChanges) -> Bool {
    let item = isJSON ? "\"\(key)\"" : key
    guard let secrets = service.value.mapping?[entry: "secrets"] else {
      return add("secrets", flow: "[\(item)]", block: ["- \(key)"], &changes)
    }
    if secrets.value.isNull { return replaceValue(of: secrets, with: "[\(item)]", &changes) }
    guard let items = secrets.value.sequence else { return false }
    guard let first = items.first, let last = items.last else {
      changes.insert(item, at: source.scalar(at: secrets.value.place).lowerBound + 1, in: file)
      return true
    }
    let end = collections.end(of: last, after: source.offset(last.place.start))
    if collections.isFlow(secrets.value) {
      changes.insert(", \(item)", at: end, in: file)
      return true
    }
    let line = source.wholeLine(first.place.start.line)
    let before = source.bytes[line.lowerBound..<source.offset(first.place.start)]
    guard let dash = before.firstIndex(of: UInt8(ascii: "-")), source.isStartOfLineEmpty(to: dash) else { return false }
    changes.insert(
      collections.lineEnd + source.text(line.lowerBound..<dash) + "- \(key)", at: collections.endOfLine(end), in: file)
    return true
  }

  /// Puts a wrapper before the service's program.
  func wrap(_ wrapper: EntrypointWrapper, _ changes: inout TextChanges) -> Bool {
    let flow = EntrypointWrapper.flow(wrapper.entrypoint)
    if let entrypoint = service.value.mapping?[entry: "entrypoint"] {
      guard replaceValue(of: entrypoint, with: flow, &changes) else { return false }
    } else if !add("entrypoint", flow: flow, block: nil, &changes) {
      return false
    }
    guard let command = wrapper.command else { return true }
    let words = EntrypointWrapper.flow(command)
    if let written = service.value.mapping?[entry: "command"] { return replaceValue(of: written, with: words, &changes) }
    return add("command", flow: words, block: nil, &changes)
  }

  /// A key behind `environment`.
  private func add(_ key: String, flow: String, block: [String]?, _ changes: inout TextChanges) -> Bool {
    let end = collections.end(of: environment)
    if collections.isFlow(service.value) {
      changes.insert(isJSON ? ", \"\(key)\": \(flow)" : ", \(key): \(flow)", at: end, in: file)
      return true
    }
    guard let indentation = collections.indentation(of: environment.keyPlace) else { return false }
    var text = "\(collections.lineEnd)\(indentation)\(key):"
    if let block {
      let step = String(repeating: " ", count: max(2, environment.keyPlace.start.column - service.keyPlace.start.column))
      text += block.map { collections.lineEnd + indentation + step + $0 }.joined()
    } else {
      text += " " + flow
    }
    changes.insert(text, at: collections.endOfLine(end), in: file)
    return true
  }

  /// Another value behind a key's colon.
  private func replaceValue(of entry: Mapping.Entry, with text: String, _ changes: inout TextChanges) -> Bool {
    var at = source.offset(entry.keyPlace.end)
    while at < source.bytes.count, isBlank(source.bytes[at]) { at += 1 }
    guard at < source.bytes.count, source.bytes[at] == UInt8(ascii: ":") else { return false }
    // An alias stands elsewhere; what is written here would be left behind the new value.
    guard entry.value.isNull || source.offset(entry.value.place.start) > at else { return false }
    let end = entry.value.isNull ? at + 1 : max(at + 1, collections.end(of: entry))
    changes.replace(at + 1..<end, in: file, with: " " + text)
    return true
  }
}
