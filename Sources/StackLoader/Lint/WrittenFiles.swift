import Diagnostics

/// The stack's files as they are written: with variables, before merging.
struct WrittenFiles {
  /// By the name that diagnostics have for the file.
  private(set) var sources: [String: CheckedStack.Source] = [:]
  /// Each file's documents.
  private(set) var documents: [Node] = []
  /// Scalars by where they start.
  private var scalars: [Spot: Node] = [:]

  private struct Spot: Hashable {
    var file: String
    var start: SourceRange.Position
  }

  /// The files from which something came into the model.
  init(_ model: Node) {
    visit(model)
  }

  private mutating func visit(_ node: Node) {
    add(node.place.origin)
    switch node.value {
    case .mapping(let mapping):
      for entry in mapping.entries {
        add(entry.keyPlace.origin)
        visit(entry.value)
      }
    case .sequence(let nodes): for item in nodes { visit(item) }
    default: break
    }
  }

  private mutating func add(_ origin: Origin) {
    guard sources[origin.file] == nil else { return }
    sources[origin.file] = CheckedStack.Source(path: origin.path, text: SourceText(origin.bytes))
    for document in parseYAML(origin.bytes, origin, Report()) ?? [] {
      documents.append(document)
      index(document)
    }
  }

  private mutating func index(_ node: Node) {
    switch node.value {
    case .mapping(let mapping): for entry in mapping.entries { index(entry.value) }
    case .sequence(let nodes): for item in nodes { index(item) }
    default: scalars[Spot(file: node.place.origin.file, start: node.place.start)] = node
    }
  }

  /// The text of a scalar before its variables were replaced.
  func written(_ node: Node) -> String? { scalars[Spot(file: node.place.origin.file, start: node.place.start)]?.text }

  func source(_ place: Place) -> SourceText? { sources[place.origin.file]?.text }

  /// A scalar as it stands in the file, quotes included.
  func token(_ place: Place) -> String? { source(place).map { $0.text($0.scalar(at: place)) } }

  /// Neither quoted nor a block scalar.
  func isPlain(_ place: Place) -> Bool {
    guard let first = token(place)?.utf8.first else { return false }
    return !Array("\"'|>*".utf8).contains(first)
  }

  /// An edit that writes something else instead of a scalar, its anchor kept.
  func replace(_ place: Place, with text: String) -> TextEdit? {
    guard let source = source(place) else { return nil }
    let token = source.scalar(at: place)
    guard !token.isEmpty else { return nil }
    return TextEdit(source.range(token, in: place.origin.file), text)
  }

  /// Edits that put double quotes around a plain scalar. The value itself is not in them: it may be a password.
  func quote(_ place: Place) -> [TextEdit]? {
    guard let source = source(place) else { return nil }
    let token = source.scalar(at: place)
    guard !token.isEmpty, !source.bytes[token].contains(UInt8(ascii: "\\")), !source.bytes[token].contains(UInt8(ascii: "\"")) else {
      return nil
    }
    let file = place.origin.file
    return [token.lowerBound, token.upperBound].map { TextEdit(source.range($0..<$0, in: file), "\"") }
  }
}
