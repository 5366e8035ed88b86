import Diagnostics
import Testing

@testable import StackLoader

/// The table of keys against the Compose Specification's schema: every key, type, enum, pattern, bound and requirement of one is
/// in the other.
@Suite struct KeyTableTests {
  /// What the table has and this copy of the schema has not, and why.
  static let extras: [String: String] = [
    "jobs": "coming: Compose has it since 5.8",
    "services.*.x-muster": "Muster's own",
    "volumes.*.x-muster": "Muster's own",
    "x-muster": "Muster's own",
    "secrets.*.content": "known to Compose's own types; named to say why it is refused",
  ]

  /// A schema as the table writes shapes: one rule a kind of value.
  private struct Flat: Equatable, CustomStringConvertible {
    var types: Set<String> = []
    var texts: Set<String> = []
    var pattern: String?
    var minimum: Int64?
    var maximum: Int64?
    var isUnique = false
    var required: Set<String> = []
    var isClosed = false
    var allowsExtensions = false
    var names: String?
    var keys: Set<String> = []
    var description: String {
      """
      \(types.sorted()) \(texts.sorted()) \(pattern ?? "-") \(minimum ?? 0)…\(maximum ?? 0) unique:\(isUnique) required:\(required.sorted()) \
      closed:\(isClosed) x:\(allowsExtensions) names:\(names ?? "-") \(keys.sorted())
      """
    }
  }

  /// The parts of a schema that are mappings and lists, to go on with.
  private struct Inner {
    var items: ConfigValue?
    var keys: [String: ConfigValue] = [:]
    var value: ConfigValue?
  }

  @Test func tableAndSchemaSayTheSame() throws {
    let schema = try JSONSchema.specification()
    var differences: [String] = []
    var extras: Set<String> = []
    compare(KeyTable.stack, schema.root, [], schema, &differences, &extras)
    #expect(differences == [])
    #expect(extras == Set(Self.extras.keys))
  }

  private func compare(
    _ shape: Shape, _ written: ConfigValue, _ path: [String], _ schema: JSONSchema, _ differences: inout [String],
    _ extras: inout Set<String>
  ) {
    var (theirs, inner) = flat(written, schema)
    if theirs.types.isEmpty, shape.isAnything { return }
    let mine = flat(shape)
    for key in mine.keys.subtracting(theirs.keys) where Self.extras[(path + [key]).joined(separator: ".")] != nil {
      extras.insert((path + [key]).joined(separator: "."))
      theirs.keys.insert(key)
    }
    if mine != theirs { differences.append("\(path.joined(separator: ".")): \(mine) instead of \(theirs)") }
    if let items = inner.items, let list = shape.list { compare(list.item, items, path, schema, &differences, &extras) }
    for key in shape.mapping?.keys ?? [] {
      if let value = inner.keys[key.name] { compare(key.shape, value, path + [key.name], schema, &differences, &extras) }
    }
    if let value = shape.mapping?.value, let theirs = inner.value { compare(value, theirs, path + ["*"], schema, &differences, &extras) }
  }

  private func flat(_ shape: Shape) -> Flat {
    var flat = Flat(types: Set(shape.kinds.names), texts: Set(shape.texts), pattern: shape.pattern?.rawValue)
    flat.minimum = shape.bounds?.lowerBound
    flat.maximum = shape.bounds.flatMap { $0.upperBound == .max ? nil : $0.upperBound }
    if let list = shape.list {
      flat.types.insert("array")
      flat.isUnique = list.isUnique
    }
    if let mapping = shape.mapping {
      flat.types.insert("object")
      flat.required = Set(mapping.required)
      flat.isClosed = mapping.isClosed
      flat.allowsExtensions = mapping.allowsExtensions
      flat.names = mapping.names?.rawValue
      flat.keys = Set(mapping.keys.map(\.name))
    }
    return flat
  }

  private func flat(_ written: ConfigValue, _ schema: JSONSchema) -> (Flat, Inner) {
    let resolved = schema.resolved(written)
    var flat = Flat()
    var inner = Inner()
    for option in resolved["oneOf"]?.items ?? [] {
      let (more, deeper) = self.flat(option, schema)
      flat.types.formUnion(more.types)
      flat.texts.formUnion(more.texts)
      flat.pattern = flat.pattern ?? more.pattern
      flat.minimum = flat.minimum ?? more.minimum
      flat.maximum = flat.maximum ?? more.maximum
      flat.isUnique = flat.isUnique || more.isUnique
      flat.required.formUnion(more.required)
      flat.isClosed = flat.isClosed || more.isClosed
      flat.allowsExtensions = flat.allowsExtensions || more.allowsExtensions
      flat.names = flat.names ?? more.names
      flat.keys.formUnion(more.keys)
      inner.items = inner.items ?? deeper.items
      inner.keys.merge(deeper.keys) { first, _ in first }
      inner.value = inner.value ?? deeper.value
    }
    guard let type = resolved["type"] else { return (flat, inner) }
    flat.types.formUnion((type.items ?? [type]).compactMap(\.text))
    flat.texts = Set((resolved["enum"]?.items ?? []).compactMap(\.text))
    flat.pattern = resolved["pattern"]?.text
    if case .integer(let bound) = resolved["minimum"] { flat.minimum = bound }
    if case .integer(let bound) = resolved["maximum"] { flat.maximum = bound }
    flat.required = Set((resolved["required"]?.items ?? []).compactMap(\.text))
    if flat.types.contains("array") {
      flat.isUnique = resolved["uniqueItems"] == .bool(true)
      inner.items = resolved["items"]
    }
    if flat.types.contains("object") {
      let patterns = resolved["patternProperties"]?.members ?? [:]
      flat.isClosed = resolved["additionalProperties"] == .bool(false)
      flat.allowsExtensions = patterns["^x-"] != nil
      flat.names = patterns.keys.first { $0 != "^x-" }
      flat.keys = Set(resolved["properties"]?.members?.keys.map { $0 } ?? [])
      inner.keys = resolved["properties"]?.members ?? [:]
      inner.value = flat.names.flatMap { patterns[$0] }
    }
    return (flat, inner)
  }

  // MARK: Support

  @Test func everyKeyHasItsSupport() {
    #expect(KeyTable.all.count > 350)
    for row in KeyTable.all {
      #expect(row.support != .inherited, "\(row.path.joined(separator: ".")) inherits from nobody")
      #expect(!row.key.about.isEmpty && row.key.about.hasSuffix("."), "\(row.path.joined(separator: "."))")
    }
  }

  @Test func noKeyIsThereTwice() {
    let paths = KeyTable.all.map { $0.path.joined(separator: ".") }
    #expect(Dictionary(grouping: paths) { $0 }.filter { $1.count > 1 }.keys.sorted() == [])
  }

  /// The outermost keys without support, with their paths.
  static let withoutSupport = KeyTable.all.filter { row in
    row.key.support.isFinding
      && !row.path.indices.dropFirst().contains { KeyTable.key(at: Array(row.path[..<$0]))?.support.isFinding == true }
  }.map { $0.path }

  /// Each of them is really told about, whatever it holds, as what the table says.
  @Test(arguments: withoutSupport) func whatHasNoSupportIsToldByName(_ path: [String]) throws {
    let row = try #require(KeyTable.key(at: path))
    let report = Report()
    KeyCheck(report: report).check(try parse(Self.file(with: path)))
    let finding = try #require(report.diagnostics.first { $0.finding != nil }, "\(report.diagnostics)")
    #expect(finding.finding?.support == row.support.level)
    #expect(finding.finding?.field == path.map { $0 == "*" ? "web" : $0 }.joined(separator: "."))
    #expect(finding.severity == (row.support.level == .unsupported ? .error : .warning))
    #expect(finding.message.contains("\"\(row.key.name)\" \(row.support.level == .unsupported ? "is not supported yet" : "has no effect")"))
    #expect(finding.hint?.isEmpty == false)
  }

  /// A file with something at this path.
  private static func file(with path: [String]) -> String {
    var text = ""
    for (depth, part) in path.enumerated() {
      text += String(repeating: "  ", count: depth) + (part == "*" ? "web" : part) + (depth == path.count - 1 ? ": something\n" : ":\n")
      // A list's items are written after a dash.
      if let shape = KeyTable.shape(at: Array(path[...depth])), shape.list != nil, shape.mapping == nil, depth < path.count - 1 {
        text += String(repeating: "  ", count: depth) + "-\n"
      }
    }
    return text
  }
}

extension KeySupport {
  /// Whether the key is told about.
  var isFinding: Bool {
    switch self {
    case .approximate, .unsupported: true
    default: false
    }
  }
}

/// One document's tree, as it is written.
func parse(_ text: String) throws -> Node {
  let report = Report()
  let bytes = Array(text.utf8)
  let origin = Origin(file: "compose.yaml", directory: "/shop", currentDirectory: "/shop", environment: Variables(), bytes: bytes)
  return try #require(parseYAML(bytes, origin, report)?.first, "\(report.diagnostics)\n\(text)")
}
