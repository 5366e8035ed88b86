/// What a value of the stack file may look like.
///
/// One rule for each kind of value: no value can fit two alternatives, so that what is said about a wrong one is always about
/// the one that was meant.
struct Shape: Sendable {
  /// The kinds of plain values that fit.
  var kinds: Kinds = []
  /// The only texts that fit; empty for any.
  var texts: [String] = []
  var pattern: TextPattern?
  /// The bounds of whole numbers.
  var bounds: ClosedRange<Int64>?
  var format: ValueFormat?
  var list: ListShape?
  var mapping: MappingShape?
  /// Whatever one likes.
  var isAnything = false

  // MARK: Plain values

  static let anything = Shape(isAnything: true)
  static let null = Shape(kinds: .null)
  static let string = Shape(kinds: .string)
  static let boolean = Shape(kinds: .boolean)
  /// A boolean, or a text that says one.
  static let flag = Shape(kinds: [.boolean, .string])
  static let integer = Shape(kinds: .integer)
  /// A whole number, or a text that says one.
  static let whole = Shape(kinds: [.integer, .string])
  static let number = Shape(kinds: .number)
  /// A number, or a text that says one.
  static let numeric = Shape(kinds: [.number, .string])
  static let scalar = Shape(kinds: [.string, .number, .boolean])
  static let duration = Shape(kinds: .string, format: .duration)
  static let path = Shape(kinds: .string, format: .path)

  // MARK: Lists and mappings

  static func list(_ item: Shape, unique: Bool = false) -> Shape { Shape(list: ListShape(item, isUnique: unique)) }
  /// Texts, none twice.
  static let strings = Shape.list(.string, unique: true)
  static let stringOrList = Shape.string | .strings
  /// Strings, or a list of them.
  static let command = Shape(kinds: [.string, .null], format: .command) | .list(.string)
  /// `NAME: value` or a list of `NAME=value`.
  static let pairs = Shape.names(.something, Shape(kinds: [.string, .number, .boolean, .null]), isClosed: true) | .strings
  /// A driver's options.
  static let options = Shape.names(.notEmpty, Shape(kinds: [.string, .number]))

  /// A mapping with these keys.
  static func keys(
    _ keys: [Key], required: [String] = [], extensions: Bool = true, isClosed: Bool = true, name: String? = nil
  ) -> Shape {
    Shape(mapping: MappingShape(keys, required: required, allowsExtensions: extensions, isClosed: isClosed, name: name))
  }

  /// A mapping with names that the user chooses.
  static func names(_ pattern: TextPattern, _ value: Shape, isClosed: Bool = false) -> Shape {
    Shape(mapping: MappingShape(isClosed: isClosed, names: pattern, value: value))
  }

  // MARK: Combining

  /// Either of two shapes, which have no kind in common.
  static func | (one: Shape, other: Shape) -> Shape {
    Shape(
      kinds: one.kinds.union(other.kinds), texts: one.texts + other.texts, pattern: one.pattern ?? other.pattern,
      bounds: one.bounds ?? other.bounds, format: one.format ?? other.format, list: one.list ?? other.list,
      mapping: one.mapping ?? other.mapping, isAnything: one.isAnything || other.isAnything)
  }

  func one(of texts: String...) -> Shape {
    var copy = self
    copy.texts = texts
    return copy
  }

  func matching(_ pattern: TextPattern) -> Shape {
    var copy = self
    copy.pattern = pattern
    return copy
  }

  func within(_ bounds: ClosedRange<Int64>) -> Shape {
    var copy = self
    copy.bounds = bounds
    return copy
  }

  func written(as format: ValueFormat) -> Shape {
    var copy = self
    copy.format = format
    return copy
  }
}

/// A list whose items all have one shape.
final class ListShape: Sendable {
  let item: Shape
  /// No item may be there twice.
  let isUnique: Bool

  init(_ item: Shape, isUnique: Bool) {
    self.item = item
    self.isUnique = isUnique
  }
}

/// A mapping with known keys, with names that the user chooses, or both.
final class MappingShape: Sendable {
  let keys: [Key]
  let required: [String]
  /// Whether keys that start with `x-` may hold whatever one likes.
  let allowsExtensions: Bool
  /// Whether other keys are mistakes.
  let isClosed: Bool
  /// What the user's names look like, and what stands behind them.
  let names: TextPattern?
  let value: Shape?
  /// A name for the schema, where the shape is used more than once or is a thing of its own.
  let name: String?
  private let byName: [String: Key]

  init(
    _ keys: [Key] = [], required: [String] = [], allowsExtensions: Bool = false, isClosed: Bool, names: TextPattern? = nil,
    value: Shape? = nil, name: String? = nil
  ) {
    self.keys = keys
    self.required = required
    self.allowsExtensions = allowsExtensions
    self.isClosed = isClosed
    self.names = names
    self.value = value
    self.name = name
    byName = Dictionary(keys.map { ($0.name, $0) }) { first, _ in first }
  }

  subscript(name: String) -> Key? { byName[name] }
}
