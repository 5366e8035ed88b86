/// What templates can call: Go's own functions, and Docker's.
enum TemplateFunctions {
  static let names: Set<String> = [
    "and", "or", "not", "len", "index", "slice", "eq", "ne", "lt", "le", "gt", "ge", "print", "printf", "println", "html",
    "json", "split", "join", "title", "lower", "upper", "pad", "truncate",
  ]

  static func call(_ name: String, _ arguments: [TemplateValue]) throws(GoTemplateError) -> TemplateValue {
    func take(_ count: Int) throws(GoTemplateError) {
      guard arguments.count == count else {
        throw GoTemplateError("wrong number of args for \(name): want \(count) got \(arguments.count)")
      }
    }
    func text(_ place: Int) throws(GoTemplateError) -> String {
      guard case .text(let text) = arguments[place] else {
        throw GoTemplateError("\(name) wants a string, not \(arguments[place].printed)")
      }
      return text
    }
    func number(_ place: Int) throws(GoTemplateError) -> Int {
      guard case .int(let value) = arguments[place], let number = Int(exactly: value), abs(number) <= 1 << 20 else {
        throw GoTemplateError("\(name) wants a number, not \(arguments[place].printed)")
      }
      return number
    }
    switch name {
    case "and": return arguments.first { !$0.isTrue } ?? arguments.last ?? .null
    case "or": return arguments.first(where: \.isTrue) ?? arguments.last ?? .null
    case "not":
      try take(1)
      return .bool(!arguments[0].isTrue)
    case "len":
      try take(1)
      switch arguments[0] {
      case .text(let text): return .int(Int64(text.utf8.count))
      case .list(let values): return .int(Int64(values.count))
      case .object(let fields): return .int(Int64(fields.count))
      case .null: return .int(0)
      default: throw GoTemplateError("len of type \(arguments[0].kind)")
      }
    case "index":
      guard let first = arguments.first else { throw GoTemplateError("wrong number of args for index: want at least 1 got 0") }
      var value = first
      for key in arguments.dropFirst() { value = try element(key, of: value) }
      return value
    case "slice": return try slice(arguments)
    case "eq":
      guard arguments.count > 1 else { throw GoTemplateError("missing argument for comparison") }
      var isEqual = false
      for other in arguments.dropFirst() where !isEqual { isEqual = try areEqual(arguments[0], other) }
      return .bool(isEqual)
    case "ne":
      try take(2)
      return .bool(!(try areEqual(arguments[0], arguments[1])))
    case "lt", "le", "gt", "ge":
      try take(2)
      let (less, more) = (try isLess(arguments[0], arguments[1]), try isLess(arguments[1], arguments[0]))
      return .bool(name == "lt" ? less : name == "gt" ? more : name == "le" ? !more : !less)
    case "print": return .text(arguments.map(\.printed).joined(separator: " "))
    case "println": return .text(arguments.map(\.printed).joined(separator: " ") + "\n")
    case "printf":
      guard !arguments.isEmpty else { throw GoTemplateError("wrong number of args for printf: want at least 1 got 0") }
      return .text(formatted(try text(0), arguments.dropFirst()))
    case "html":
      let escapes: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;"]
      return .text(arguments.map(\.printed).joined(separator: " ").map { escapes[$0] ?? String($0) }.joined())
    case "json":
      try take(1)
      return .text(arguments[0].json)
    case "split":
      try take(2)
      let (whole, separator) = (try text(0), try text(1))
      if separator.isEmpty { return .list(whole.map { .text(String($0)) }) }
      return .list(whole.split(separator: separator, omittingEmptySubsequences: false).map { .text(String($0)) })
    case "join":
      try take(2)
      guard case .list(let values) = arguments[0] else { throw GoTemplateError("join wants a list, not \(arguments[0].printed)") }
      return .text(values.map(\.printed).joined(separator: try text(1)))
    case "title":
      try take(1)
      var isStart = true
      return .text(
        try text(0).map { character in
          defer { isStart = character.isWhitespace }
          return isStart ? character.uppercased() : String(character)
        }.joined())
    case "lower":
      try take(1)
      return .text(try text(0).lowercased())
    case "upper":
      try take(1)
      return .text(try text(0).uppercased())
    case "pad":
      try take(3)
      let whole = try text(0)
      if whole.isEmpty { return .text("") }
      return .text(String(repeating: " ", count: max(0, try number(1))) + whole + String(repeating: " ", count: max(0, try number(2))))
    case "truncate":
      try take(2)
      return .text(String(try text(0).prefix(max(0, try number(1)))))
    default: throw GoTemplateError("function \"\(name)\" not defined")
    }
  }

  /// What a map of texts does not have is the empty text, as in Go.
  private static func element(_ key: TemplateValue, of value: TemplateValue) throws(GoTemplateError) -> TemplateValue {
    switch (value, key) {
    case (.list(let values), .int(let place)):
      guard let index = Int(exactly: place), values.indices.contains(index) else {
        throw GoTemplateError("error calling index: index out of range: \(place)")
      }
      return values[index]
    case (.object(let fields), .text(let name)):
      if let found = fields[name] { return found }
      return fields.values.allSatisfy { if case .text = $0 { true } else { false } } ? .text("") : .null
    case (.text(let text), .int(let place)):
      let bytes = Array(text.utf8)
      guard let index = Int(exactly: place), bytes.indices.contains(index) else {
        throw GoTemplateError("error calling index: index out of range: \(place)")
      }
      return .int(Int64(bytes[index]))
    case (.null, _): throw GoTemplateError("error calling index: index of untyped nil")
    default: throw GoTemplateError("error calling index: cannot index \(value.kind) with \(key.kind)")
    }
  }

  private static func slice(_ arguments: [TemplateValue]) throws(GoTemplateError) -> TemplateValue {
    guard let whole = arguments.first, arguments.count <= 3 else { throw GoTemplateError("slice wants a value and up to two places") }
    let count =
      switch whole {
      case .text(let text): text.utf8.count
      case .list(let values): values.count
      default: throw GoTemplateError("error calling slice: can't slice item of type \(whole.kind)")
      }
    var bounds = [0, count]
    for (place, argument) in arguments.dropFirst().enumerated() {
      guard case .int(let value) = argument, let index = Int(exactly: value), (0...count).contains(index) else {
        throw GoTemplateError("error calling slice: index out of range: \(argument.printed)")
      }
      bounds[place] = index
    }
    guard bounds[0] <= bounds[1] else { throw GoTemplateError("error calling slice: invalid slice index: \(bounds[0]) > \(bounds[1])") }
    if case .list(let values) = whole { return .list(Array(values[bounds[0]..<bounds[1]])) }
    guard case .text(let text) = whole else { return .null }
    return .text(String(decoding: Array(text.utf8)[bounds[0]..<bounds[1]], as: UTF8.self))
  }

  private static func areEqual(_ one: TemplateValue, _ two: TemplateValue) throws(GoTemplateError) -> Bool {
    switch (one, two) {
    case (.null, _), (_, .null): return one == two
    case (.bool, .bool), (.int, .int), (.float, .float), (.text, .text): return one == two
    case (.int(let a), .float(let b)), (.float(let b), .int(let a)): return Double(a) == b
    default: throw GoTemplateError("incompatible types for comparison: \(one.kind) and \(two.kind)")
    }
  }

  private static func isLess(_ one: TemplateValue, _ two: TemplateValue) throws(GoTemplateError) -> Bool {
    switch (one, two) {
    case (.int(let a), .int(let b)): return a < b
    case (.float(let a), .float(let b)): return a < b
    case (.int(let a), .float(let b)): return Double(a) < b
    case (.float(let a), .int(let b)): return a < Double(b)
    case (.text(let a), .text(let b)): return a < b
    default: throw GoTemplateError("incompatible types for comparison: \(one.kind) and \(two.kind)")
    }
  }
}
