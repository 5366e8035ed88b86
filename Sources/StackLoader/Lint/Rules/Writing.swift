import Diagnostics

/// Values that YAML reads in another way than they look, and entries that are written twice. Looks at the files as they are written.
func checkWriting(_ lint: Lint) {
  for document in lint.files.documents {
    for entry in document["services"]?.mapping?.entries ?? [] {
      guard let service = LintedService(entry) else { continue }
      let writing = Writing(lint: lint, service: service)
      for (key, node) in service.keyedNodes { writing.checkKeyed(key, node) }
      for key in listKeys { if let node = service[key] { writing.checkList(key, node) } }
      for port in service["ports"]?.sequence ?? [] { writing.checkPort(port) }
    }
  }
}

/// Lists in which an entry may stand once.
private let listKeys = [
  "ports", "expose", "volumes", "cap_add", "cap_drop", "devices", "dns", "dns_opt", "dns_search", "security_opt", "group_add", "networks",
  "depends_on", "secrets", "configs", "env_file", "tmpfs", "extra_hosts", "profiles",
]

extension LintedService {
  /// What is written as `NAME=value` lists or as mappings.
  fileprivate var keyedNodes: [(key: String, node: Node)] {
    [
      ("environment", self["environment"]), ("labels", self["labels"]), ("build.args", self["build"]?["args"]),
      ("annotations", self["annotations"]),
    ].compactMap { key, node in node.map { (key, $0) } }
  }
}

private struct Writing {
  let lint: Lint
  let service: LintedService
  private var files: WrittenFiles { lint.files }

  func checkKeyed(_ key: String, _ node: Node) {
    if let items = node.sequence {
      checkNames(key, items, in: node)
      for item in items { checkQuotes(key, item) }
      return
    }
    for entry in node.mapping?.entries ?? [] {
      switch entry.value.value {
      case .bool(let value) where key == "environment": tellBoolean(value, entry)
      case .integer, .float: checkNumber(key, entry)
      default: break
      }
    }
  }

  private func tellBoolean(_ value: Bool, _ entry: Mapping.Entry) {
    let fix = files.replace(entry.value.place, with: "\"\(value)\"").map { Fix("quote it", [$0], isSafe: true) }
    lint.tell(
      .booleanInEnvironment, entry.value.place, service, "\(service.subject): the variable \(entry.key) is written as a boolean",
      hint: "quote it: \"\(value)\"", fix: fix)
  }

  private func checkNumber(_ key: String, _ entry: Mapping.Entry) {
    guard let written = files.token(entry.value.place), files.isPlain(entry.value.place), let read = entry.value.text, written != read
    else {
      return
    }
    let fix = files.quote(entry.value.place).map {
      Fix("quote it as it is written", $0, isSafe: false, changes: ["services.*.\(key).\(entry.key)"])
    }
    lint.tell(
      .rewrittenNumber, entry.value.place, service, "\(service.subject): \(entry.key) is written \(written) and means \(read)",
      hint: "quote it, to have it as it is written: \"\(written)\"", fix: fix)
  }

  /// `- NAME="value"`.
  private func checkQuotes(_ key: String, _ item: Node) {
    guard let text = item.string, files.isPlain(item.place), let equals = text.firstIndex(of: "=") else { return }
    let value = text[text.index(after: equals)...]
    guard value.count > 1, let quote = value.first, quote == value.last, quote == "\"" || quote == "'" else { return }
    let inside = value.dropFirst().dropLast()
    guard !inside.contains(quote) else { return }
    let name = text[..<equals]
    lint.tell(
      .quotesInValue, item.place, service, "\(service.subject): the quotes around the value of \(name) are part of it",
      hint: "write \(name)=… without them, or put them around the whole entry", fix: unquoted(key, item, name: String(name), inside))
  }

  /// Takes both quotes off, when what is between them means the same without.
  private func unquoted(_ key: String, _ item: Node, name: String, _ inside: Substring) -> Fix? {
    let isPlain = inside.allSatisfy { $0.isASCII && $0 >= " " && !"#\\{}[],&*!|>%@`'\"".contains($0) }
    guard isPlain, let last = inside.last, last != " ", last != ":", !inside.contains(": "), let source = files.source(item.place) else {
      return nil
    }
    let token = source.scalar(at: item.place)
    let opening = token.lowerBound + name.utf8.count + 1
    let closing = token.upperBound - 1
    // Else it is folded over lines.
    guard token.count == name.utf8.count + inside.utf8.count + 3 else { return nil }
    let file = item.place.origin.file
    let edits = [opening, closing].map { TextEdit(source.range($0..<$0 + 1, in: file), "") }
    return Fix("take the quotes off", edits, isSafe: true, changes: ["services.*.\(key).\(name)"])
  }

  /// The same name twice in a `NAME=value` list.
  private func checkNames(_ key: String, _ items: [Node], in list: Node) {
    var first: [String: Node] = [:]
    for item in items {
      guard let text = item.text else { continue }
      let name = String(text.prefix { $0 != "=" })
      guard let before = first.updateValue(item, forKey: name) else { continue }
      let isSame = before.text == text
      lint.tell(
        .duplicateEntry, item.place, service,
        "\(service.subject): \(name) stands twice in \(key), first in line \(before.place.start.line)"
          + (isSame ? "" : "; this one counts"),
        hint: isSame ? "remove one of them" : "remove the other",
        fix: isSame ? removal(of: item, in: list) : nil)
    }
  }

  func checkList(_ key: String, _ node: Node) {
    guard let items = node.sequence else { return }
    var first: [String: Node] = [:]
    for item in items {
      guard let text = item.text else { continue }
      guard let before = first[text] else {
        first[text] = item
        continue
      }
      lint.tell(
        .duplicateEntry, item.place, service,
        "\(service.subject): \(text) stands twice in \(key), first in line \(before.place.start.line)",
        hint: "remove one of them", fix: removal(of: item, in: node, changes: ["services.*.\(key)"]))
    }
  }

  /// Removes a list's scalar item that is not its first.
  private func removal(of item: Node, in list: Node, changes: [String] = []) -> Fix? {
    guard let source = files.source(item.place), item.place.start.line == item.place.end.line,
      item.place.origin.file == list.place.origin.file, item.place.start.line >= list.place.start.line
    else { return nil }
    let file = item.place.origin.file
    let token = source.offset(item.place.start)..<source.offset(item.place.end)
    // An anchor on it may be used elsewhere; an alias stands for what is defined elsewhere.
    guard let first = source.bytes[token].first, first != UInt8(ascii: "&") else { return nil }
    if source.bytes[source.offset(list.place.start)...].first == UInt8(ascii: "[") {
      var start = token.lowerBound
      while start > 0, source.bytes[start - 1] != UInt8(ascii: ",") {
        guard isBlank(source.bytes[start - 1]) else { return nil }
        start -= 1
      }
      guard start > 0 else { return nil }
      return Fix("remove it", [TextEdit(source.range(start - 1..<token.upperBound, in: file), "")], isSafe: true, changes: changes)
    }
    let line = source.wholeLine(item.place.start.line)
    let before = source.bytes[line.lowerBound..<token.lowerBound].filter { !isBlank($0) }
    guard before == [UInt8(ascii: "-")], source.isRestOfLineEmpty(from: token.upperBound) else { return nil }
    return Fix("remove it", [TextEdit(source.range(line, in: file), "")], isSafe: true, changes: changes)
  }

  /// `22:22`, unquoted.
  func checkPort(_ port: Node) {
    guard let text = port.text, files.isPlain(port.place), let written = files.token(port.place), written == text else { return }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else { return }
    guard parts.dropFirst().allSatisfy({ $0.count <= 2 && (Int($0) ?? 60) < 60 }) else { return }
    let fix = files.quote(port.place).map { Fix("quote it", $0, isSafe: true) }
    lint.tell(
      .base60Port, port.place, service, "\(service.subject): the port \(text) is a number to base 60 for older readers of YAML",
      hint: "quote it: \"\(text)\"", fix: fix)
  }
}
