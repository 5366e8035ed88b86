import CYAML
import Diagnostics

/// Turns libyaml's events into nodes.
struct Composer {
  /// Already reported.
  struct Failed: Error {}

  /// Nested collections.
  static let maximumDepth = 100
  /// Nodes of a file.
  static let maximumNodes = 400_000
  /// Nodes that a file's aliases stand for, again and again.
  static let maximumAliased = 100_000
  static let maximumDocuments = 64

  struct Anchor {
    var node: Node
    var size: Int
    var height: Int
  }
  /// A node with what it weighs.
  struct Composed {
    var node: Node
    var size = 1
    var height = 0
  }

  let parser: UnsafeMutablePointer<yaml_parser_t>
  let origin: Origin
  let report: Report
  var anchors: [String: Anchor] = [:]
  var open: Set<String> = []
  var total = 0
  var aliased = 0

  mutating func documents() throws(Failed) -> [Node] {
    var documents: [Node] = []
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_STREAM_END_EVENT: return documents
      case YAML_DOCUMENT_START_EVENT:
        anchors = [:]
        guard documents.count < Self.maximumDocuments else {
          throw fail(.limit, place(event.start_mark, event.end_mark), "the file has more than \(Self.maximumDocuments) documents")
        }
        documents.append(try compose(depth: 0).node)
      default: break
      }
    }
  }

  func next() throws(Failed) -> yaml_event_t {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    return event
  }

  func place(_ start: yaml_mark_t, _ end: yaml_mark_t) -> Place {
    Place(
      origin: origin, start: .init(line: start.line + 1, column: start.column + 1),
      end: .init(line: end.line + 1, column: end.column + 1))
  }

  func fail(_ code: Code, _ place: Place, _ message: String, hint: String? = nil) -> Failed {
    report.error(code, place, message, hint: hint)
    return Failed()
  }

  mutating func compose(depth: Int) throws(Failed) -> Composed {
    var event = try next()
    defer { yaml_event_delete(&event) }
    return try compose(event, depth: depth)
  }

  mutating func compose(_ event: yaml_event_t, depth: Int) throws(Failed) -> Composed {
    let here = place(event.start_mark, event.end_mark)
    guard depth <= Self.maximumDepth else {
      throw fail(.limit, here, "nested more than \(Self.maximumDepth) levels deep", hint: "flatten this part of the file")
    }
    total += 1
    guard total <= Self.maximumNodes else { throw tooMany(here) }
    switch event.type {
    case YAML_ALIAS_EVENT: return try alias(string(event.data.alias.anchor), here, depth: depth)
    case YAML_SCALAR_EVENT:
      let node = try scalar(event, here)
      let composed = Composed(node: node)
      if let anchor = event.data.scalar.anchor { define(string(anchor), composed) }
      return composed
    case YAML_SEQUENCE_START_EVENT:
      let tag = try mergeTag(event.data.sequence_start.tag, standard: "seq", here)
      return try anchored(event.data.sequence_start.anchor) { (self) throws(Failed) in
        var composed = try self.sequence(here, depth: depth)
        composed.node.tag = tag
        return composed
      }
    case YAML_MAPPING_START_EVENT:
      let tag = try mergeTag(event.data.mapping_start.tag, standard: "map", here)
      return try anchored(event.data.mapping_start.anchor) { (self) throws(Failed) in
        var composed = try self.mapping(here, depth: depth)
        composed.node.tag = tag
        return composed
      }
    default: throw fail(.syntax, here, "this is not expected here")
    }
  }

  func tooMany(_ place: Place) -> Failed {
    fail(
      .limit, place, "the file has more than \(Self.maximumNodes) values",
      hint: "split the stack into smaller ones")
  }

  mutating func define(_ anchor: String, _ composed: Composed) {
    anchors[anchor] = Anchor(node: composed.node, size: composed.size, height: composed.height)
  }

  mutating func anchored(
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ compose: (inout Self) throws(Failed) -> Composed
  ) throws(Failed) -> Composed {
    guard let anchor else { return try compose(&self) }
    let name = string(anchor)
    open.insert(name)
    let composed = try compose(&self)
    open.remove(name)
    define(name, composed)
    return composed
  }

  mutating func alias(_ name: String, _ here: Place, depth: Int) throws(Failed) -> Composed {
    guard let anchor = anchors[name], !open.contains(name) else {
      if open.contains(name) { throw fail(.alias, here, "the alias *\(name) stands inside what it stands for") }
      let hint = nearestName(to: name, among: anchors.keys).map { "did you mean *\($0)?" }
      throw fail(.alias, here, "there is no anchor &\(name) above this alias", hint: hint)
    }
    aliased += anchor.size
    guard aliased <= Self.maximumAliased else {
      throw fail(
        .limit, here, "the file's aliases stand for more than \(Self.maximumAliased) values",
        hint: "aliases count as often as they are used; split the stack into smaller ones")
    }
    guard depth + anchor.height <= Self.maximumDepth else {
      throw fail(.limit, here, "nested more than \(Self.maximumDepth) levels deep")
    }
    return Composed(node: anchor.node, size: anchor.size, height: anchor.height)
  }

  mutating func sequence(_ start: Place, depth: Int) throws(Failed) -> Composed {
    var nodes: [Node] = []
    var composed = Composed(node: Node(.null, start))
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      if event.type == YAML_SEQUENCE_END_EVENT { break }
      let item = try compose(event, depth: depth + 1)
      composed.size += item.size
      composed.height = max(composed.height, item.height + 1)
      nodes.append(item.node)
    }
    composed.node.value = .sequence(nodes)
    return composed
  }

  mutating func mapping(_ start: Place, depth: Int) throws(Failed) -> Composed {
    var mapping = Mapping(minimumCapacity: 4)
    var merged: [Node] = []
    var composed = Composed(node: Node(.null, start))
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      if event.type == YAML_MAPPING_END_EVENT { break }
      let isMerge =
        event.type == YAML_SCALAR_EVENT && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        && event.data.scalar.length == 2 && event.data.scalar.value[0] == UInt8(ascii: "<")
        && event.data.scalar.value[1] == UInt8(ascii: "<")
      let key = try compose(event, depth: depth + 1).node
      let value = try compose(depth: depth + 1)
      composed.size += value.size + 1
      composed.height = max(composed.height, value.height + 1)
      if isMerge {
        merged.append(value.node)
        continue
      }
      guard let name = key.text else { throw fail(.syntax, key.place, "a key is \(key.kind)", hint: "write a name before the colon") }
      if let first = mapping[entry: name] {
        throw fail(
          .duplicateKey, key.place,
          "the key \"\(name)\" is written twice; first in line \(first.keyPlace.start.line), column \(first.keyPlace.start.column)",
          hint: "keep one of them")
      }
      mapping.append(Mapping.Entry(key: name, keyPlace: key.place, value: value.node))
    }
    for source in merged { try merge(source, into: &mapping) }
    composed.node.value = .mapping(mapping)
    return composed
  }

  /// `<<`: what is written beside it wins, then what is merged first.
  func merge(_ source: Node, into mapping: inout Mapping) throws(Failed) {
    switch source.value {
    case .mapping(let other):
      for entry in other.entries where mapping[entry: entry.key] == nil { mapping[entry: entry.key] = entry }
    case .sequence(let nodes):
      for node in nodes {
        guard node.mapping != nil else { throw fail(.alias, node.place, "<< merges mappings; this is \(node.kind)") }
        try merge(node, into: &mapping)
      }
    default: throw fail(.alias, source.place, "<< merges mappings; this is \(source.kind)")
    }
  }
}
