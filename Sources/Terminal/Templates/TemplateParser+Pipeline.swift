extension TemplateParser {
  /// `$x := .A.B | printf "%s" | json`
  static func pipeline(_ text: String) throws(GoTemplateError) -> TemplatePipeline {
    var lexer = TemplateLexer(text)
    var tokens = try lexer.tokens()[...]
    let made = try pipeline(&tokens, text, depth: 0)
    if let extra = tokens.first { throw GoTemplateError("unexpected \(extra.text) in \"\(text)\"") }
    return made
  }

  private static func pipeline(
    _ tokens: inout ArraySlice<TemplateToken>, _ source: String, depth: Int
  ) throws(GoTemplateError) -> TemplatePipeline {
    guard depth < 50 else { throw GoTemplateError("parentheses are nested more than 50 deep") }
    var made = TemplatePipeline(source: source, commands: [])
    if case .variable(let name, let fields)? = tokens.first?.kind, fields.isEmpty, let second = tokens.dropFirst().first,
      second.kind == .symbol(":=") || second.kind == .symbol("=")
    {
      made.variable = name
      made.declares = second.kind == .symbol(":=")
      tokens = tokens.dropFirst(2)
    }
    while true {
      var command: [TemplateOperand] = []
      while let token = tokens.first, token.kind != .symbol("|"), token.kind != .symbol(")") {
        command.append(try operand(&tokens, source, depth: depth))
      }
      guard !command.isEmpty else { throw GoTemplateError("missing value for command in \"\(source)\"") }
      made.commands.append(command)
      guard tokens.first?.kind == .symbol("|") else { return made }
      tokens = tokens.dropFirst()
    }
  }

  private static func operand(
    _ tokens: inout ArraySlice<TemplateToken>, _ source: String, depth: Int
  ) throws(GoTemplateError) -> TemplateOperand {
    guard let token = tokens.popFirst() else { throw GoTemplateError("missing value in \"\(source)\"") }
    switch token.kind {
    case .field(let names): return .dot(names)
    case .variable(let name, let fields): return .variable(name, fields)
    case .text(let text): return .literal(.text(text))
    case .number(let value): return .literal(value)
    case .word("true"): return .literal(.bool(true))
    case .word("false"): return .literal(.bool(false))
    case .word("nil"): return .literal(.null)
    case .word(let name):
      guard TemplateFunctions.names.contains(name) else { throw GoTemplateError("function \"\(name)\" not defined") }
      return .function(name)
    case .symbol("("):
      let inner = try pipeline(&tokens, source, depth: depth + 1)
      guard tokens.popFirst()?.kind == .symbol(")") else { throw GoTemplateError("unclosed left paren in \"\(source)\"") }
      if let next = tokens.first, !next.isApart, case .field(let names) = next.kind, !names.isEmpty {
        tokens = tokens.dropFirst()
        return .group(inner, names)
      }
      return .group(inner, [])
    case .symbol(let symbol): throw GoTemplateError("unexpected \"\(symbol)\" in \"\(source)\"")
    }
  }
}

extension TemplateToken {
  fileprivate var text: String {
    switch kind {
    case .word(let word), .text(let word), .symbol(let word): "\"\(word)\""
    case .field(let names): "\"." + names.joined(separator: ".") + "\""
    case .variable(let name, _): "\"$\(name)\""
    case .number(let value): value.printed
    }
  }
}
