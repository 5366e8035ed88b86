/// Reads a template: text, and what stands between `{{` and `}}`.
struct TemplateParser {
  private enum Piece {
    case text(String)
    case action(String)
  }
  private var pieces: [Piece] = []
  private var index = 0
  private static let deepest = 100

  init(_ text: String) throws(GoTemplateError) {
    var rest = text[...]
    var trimsNext = false
    while let open = rest.firstRange(of: "{{") {
      var before = rest[..<open.lowerBound]
      if trimsNext { before = before.trimmingStart() }
      var inside = rest[open.upperBound...]
      if let second = inside.dropFirst().first, inside.first == "-", second.isWhitespace {
        before = before.trimmingEnd()
        inside = inside.dropFirst(2)
      }
      if !before.isEmpty { pieces.append(.text(String(before))) }
      guard let end = Self.end(of: inside) else { throw GoTemplateError("unclosed action: {{\(inside.prefix(80))") }
      var action = inside[..<end]
      rest = inside[end...].dropFirst(2)
      trimsNext = false
      if action.last == "-", let other = action.dropLast().last, other.isWhitespace {
        action = action.dropLast(2)
        trimsNext = true
      }
      let trimmed = action.trimmingStart().trimmingEnd()
      if trimmed.hasPrefix("/*") {
        guard trimmed.hasSuffix("*/"), trimmed.count >= 4 else { throw GoTemplateError("unclosed comment") }
        continue
      }
      pieces.append(.action(String(trimmed)))
    }
    if trimsNext { rest = rest.trimmingStart() }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
  }

  /// Where the action's `}}` begins, quotes being skipped.
  private static func end(of inside: Substring) -> Substring.Index? {
    var quote: Character?
    var index = inside.startIndex
    if inside.trimmingStart().hasPrefix("/*") {
      return inside.firstRange(of: "*/").flatMap { inside[$0.upperBound...].firstRange(of: "}}")?.lowerBound }
    }
    while index < inside.endIndex {
      let character = inside[index]
      let next = inside.index(after: index)
      if let open = quote {
        if character == "\\", open != "`", next < inside.endIndex {
          index = inside.index(after: next)
          continue
        }
        if character == open { quote = nil }
      } else if character == "\"" || character == "`" || character == "'" {
        quote = character
      } else if character == "}", next < inside.endIndex, inside[next] == "}" {
        return index
      }
      index = next
    }
    return nil
  }

  /// The whole template.
  mutating func template() throws(GoTemplateError) -> [TemplateNode] {
    let (nodes, end) = try nodes(depth: 0)
    if let end { throw GoTemplateError("unexpected {{\(end)}}") }
    return nodes
  }

  /// Up to an `else` or `end`, which is returned.
  private mutating func nodes(depth: Int) throws(GoTemplateError) -> ([TemplateNode], end: String?) {
    guard depth < Self.deepest else { throw GoTemplateError("the template is nested more than \(Self.deepest) deep") }
    var found: [TemplateNode] = []
    while index < pieces.count {
      let piece = pieces[index]
      index += 1
      switch piece {
      case .text(let text): found.append(.text(text))
      case .action(let action):
        let keyword = String(action.prefix { !$0.isWhitespace && $0 != "(" && $0 != "\"" && $0 != "$" && $0 != "." })
        let rest = String(action.dropFirst(keyword.count))
        switch keyword {
        case "end", "else": return (found, action)
        case "if", "with", "range": found.append(try block(keyword, rest, depth: depth))
        case "break", "continue": found.append(.leave(goesOn: keyword == "continue"))
        case "define", "template", "block":
          throw GoTemplateError("{{\(keyword)}} is not supported: one template is one text")
        default: found.append(.output(try TemplateParser.pipeline(action)))
        }
      }
    }
    return (found, nil)
  }

  private mutating func block(_ keyword: String, _ head: String, depth: Int) throws(GoTemplateError) -> TemplateNode {
    let then = try nodes(depth: depth + 1)
    var otherwise: [TemplateNode] = []
    switch then.end {
    case nil: throw GoTemplateError("{{\(keyword)\(head)}} has no {{end}}")
    case "end"?: break
    case let more?:
      let rest = String(more.dropFirst(4).trimmingStart())
      if rest.isEmpty {
        let last = try nodes(depth: depth + 1)
        guard last.end == "end" else { throw GoTemplateError("{{\(keyword)\(head)}} has no {{end}}") }
        otherwise = last.0
      } else if rest.hasPrefix("if") || rest.hasPrefix("with"), keyword != "range" {
        // `else if` ends with the same `end`.
        let inner = rest.hasPrefix("if") ? "if" : "with"
        otherwise = [try block(inner, String(rest.dropFirst(inner.count)), depth: depth + 1)]
      } else {
        throw GoTemplateError("unexpected {{\(more)}}")
      }
    }
    guard keyword == "range" else {
      let pipeline = try TemplateParser.pipeline(head)
      return keyword == "if"
        ? .condition(pipeline, then: then.0, otherwise: otherwise) : .with(pipeline, then: then.0, otherwise: otherwise)
    }
    var key: String?
    var value: String?
    var text = head[...]
    if let assign = text.firstRange(of: ":="), text[..<assign.lowerBound].trimmingStart().hasPrefix("$") {
      let names = text[..<assign.lowerBound].split(separator: ",").map { String($0.trimmingStart().trimmingEnd().dropFirst()) }
      guard names.count <= 2, names.allSatisfy({ !$0.isEmpty }) else { throw GoTemplateError("too many variables in {{range\(head)}}") }
      (key, value) = names.count == 2 ? (names[0], names[1]) : (nil, names.first)
      text = text[assign.upperBound...]
    }
    return .range(key: key, value: value, try TemplateParser.pipeline(String(text)), each: then.0, otherwise: otherwise)
  }
}

extension Substring {
  fileprivate func trimmingStart() -> Substring { drop { $0.isWhitespace } }
  fileprivate func trimmingEnd() -> Substring {
    var text = self
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}

extension String {
  fileprivate func trimmingStart() -> Substring { self[...].drop { $0.isWhitespace } }
}
