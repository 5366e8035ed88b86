import Diagnostics
import StackModel

/// Reads typed values out of one mapping and tells, with their places, about those that are of another type.
struct Fields {
  let node: Node
  private let title: Title
  let report: Report

  /// What a mapping is called. Put together when there is something to tell, which is seldom.
  private final class Title {
    let subject: String
    let path: String
    let outer: Title?
    init(subject: String, path: String, outer: Title? = nil) {
      self.subject = subject
      self.path = path
      self.outer = outer
    }
    var wholeSubject: String { outer.map { "\($0.wholeSubject), \(subject)" } ?? subject }
    var wholePath: String {
      guard let before = outer?.wholePath, !before.isEmpty else { return path }
      return "\(before).\(path)"
    }
  }

  /// What the mapping is, for errors: `service "web"`.
  var subject: String { title.wholeSubject }
  /// Where the mapping stands, for findings: `services.web.build`. Lists have no numbers in it.
  var path: String { title.wholePath }

  init(node: Node, subject: String, path: String = "", report: Report) {
    self.node = node
    title = Title(subject: subject, path: path)
    self.report = report
  }

  private init(node: Node, key: String, in outer: Fields) {
    self.node = node
    title = Title(subject: key, path: key, outer: outer.title)
    report = outer.report
  }

  /// Entries of one list that are compared with each other.
  private static let maximumItems = 5000

  func child(_ key: String) -> Fields? {
    guard let value = node[key], !value.isNull else { return nil }
    guard value.mapping != nil else { return wrong(key, value, "a mapping") }
    return inner(key, value)
  }

  /// What stands below a key: its value, an item of its list, or an entry of its mapping (`networks.front`).
  func inner(_ key: String, _ node: Node) -> Fields {
    Fields(node: node, key: key, in: self)
  }

  /// `services.web.build.ssh`.
  func field(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Any scalar as text; nil when absent or null.
  func text(_ key: String) -> String? {
    guard let value = node[key], !value.isNull else { return nil }
    return value.text ?? wrong(key, value, "a string")
  }

  func bool(_ key: String) -> Bool? {
    guard let value = node[key], !value.isNull else { return nil }
    if case .bool(let bool) = value.value { return bool }
    if let text = value.string, let bool = Values.bool(text) { return bool }
    return wrong(key, value, "true or false")
  }

  func integer(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) -> Int64? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let integer = value.text.flatMap({ Int64($0) }) else { return wrong(key, value, "a whole number") }
    guard range.contains(integer) else { return invalid(key, value, "must be between \(range.lowerBound) and \(range.upperBound)") }
    return integer
  }

  func bytes(_ key: String) -> ByteCount? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let text = value.text else { return wrong(key, value, "a size") }
    // Without limit, which is what leaving it out says too.
    if case .integer(-1) = value.value { return nil }
    guard let bytes = Values.bytes(text) else { return invalid(key, value, "is not a size", hint: "write it as 512m or 2g") }
    return ByteCount(bytes)
  }

  func duration(_ key: String) -> Timespan? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let text = value.text else { return wrong(key, value, "a duration") }
    guard let nanoseconds = Values.duration(text) else {
      let hint = Int64(text) != nil ? "with a unit: \(text)s" : "write it as 1m30s, 10s or 500ms"
      return invalid(key, value, "is not a duration", hint: hint)
    }
    return Timespan(nanoseconds: nanoseconds)
  }

  func nanocores(_ key: String) -> Int64? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let text = value.text else { return wrong(key, value, "a number of cores") }
    return Values.nanocores(text) ?? invalid(key, value, "is not a number of cores", hint: "write it as 0.5 or 2")
  }

  /// The items of a list; a scalar stands for a list of one when `orOne` is set.
  func items(_ key: String, orOne: Bool = false) -> [Node] {
    guard let value = node[key], !value.isNull else { return [] }
    if let nodes = value.sequence {
      if nodes.count <= Self.maximumItems { return nodes }
      report.error(.limit, value.place, "\(subject): \(key) has more than \(Self.maximumItems) entries")
      return []
    }
    if orOne, value.text != nil { return [value] }
    mistyped(key, value, "a list")
    return []
  }

  /// A list's texts, without repetitions.
  func texts(_ key: String, orOne: Bool = false) -> [String] {
    var seen: Set<String> = []
    return items(key, orOne: orOne).compactMap { item in
      guard let text = item.text else { return wrong(key, item, "a list of strings") }
      return seen.insert(text).inserted ? text : nil
    }
  }

  /// `NAME=value` lists and mappings; a name alone has an empty value.
  func pairs(_ key: String) -> [String: String] {
    entries(key).reduce(into: [:]) { $0[$1.key] = $1.value.text ?? "" }
  }

  /// The entries of such a list or mapping, those with values that are no scalars told about and left out.
  func entries(_ key: String) -> [Mapping.Entry] {
    guard let value = node[key], !value.isNull else { return [] }
    if let item = value.sequence?.first(where: { $0.text == nil }) {
      mistyped(key, item, "a list of NAME=value")
      return []
    }
    guard let mapping = keyed(value).mapping else {
      mistyped(key, value, "a mapping or a list of NAME=value")
      return []
    }
    return mapping.entries.filter { entry in
      guard entry.value.text == nil, !entry.value.isNull else { return true }
      mistyped("\(key).\(entry.key)", entry.value, "a string")
      return false
    }
  }

  /// A command: a text is split into words, null is nil.
  func command(_ key: String) -> [String]? {
    guard let value = node[key], !value.isNull else { return nil }
    switch value.value {
    case .sequence(let nodes): return nodes.compactMap { $0.text ?? wrong(key, $0, "a list of strings") }
    case .mapping: return wrong(key, value, "a string or a list")
    default:
      guard let read = ShellWords(value.text ?? "") else { return invalid(key, value, "has a quote or a bracket that is not closed") }
      if let dropped = read.dropped {
        report.warning(
          .withoutEffect, value.place, "\(subject): no shell reads \(key); what follows its words is dropped: \"\(dropped)\"",
          hint: "for a shell write it as [sh, -c, \"…\"]")
      }
      return read.words
    }
  }

  func place(_ key: String) -> Place { node[key]?.place ?? node.place }

  func mistyped(_ key: String, _ value: Node, _ wanted: String) {
    report.error(.wrongType, value.place, "\(subject): \(key) must be \(wanted), not \(value.kind)")
  }

  func wrong<T>(_ key: String, _ value: Node, _ wanted: String) -> T? {
    mistyped(key, value, wanted)
    return nil
  }

  func invalid<T>(_ key: String, _ value: Node, _ problem: String, hint: String? = nil) -> T? {
    report.error(.invalidValue, value.place, "\(subject): \(key) \(value.text.map { "\"\($0)\" " } ?? "")\(problem)", hint: hint)
    return nil
  }
}
