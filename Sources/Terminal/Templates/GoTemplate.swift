/// A template of Go's `text/template`, as `--format` takes it: `{{.ID}}: {{json .Labels}}`.
///
/// Of the language: text, fields, variables, pipelines, parentheses, `if`, `else if`, `with`, `range`, `break`, `continue`, trim markers,
/// comments; Go's functions `and or not len index slice eq ne lt le gt ge print printf println html`; Docker's `json split join title lower
/// upper pad truncate`.
/// A field with an argument (`{{.Label "team"}}`) is looked up in what the field holds.
public struct GoTemplate: Sendable {
  let nodes: [TemplateNode]

  /// Throws what is wrong with the text and where.
  public init(_ text: String) throws(GoTemplateError) {
    var parser = try TemplateParser(text)
    nodes = try parser.template()
  }

  /// The text for a value. A name that the value itself does not have is an error; deeper inside, what is missing is `<no value>`.
  public func render(_ value: TemplateValue) throws(GoTemplateError) -> String {
    var evaluation = TemplateEvaluation(root: value)
    return try evaluation.text(of: nodes)
  }
}

/// Why a template cannot be read or filled in.
public struct GoTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  public let message: String
  init(_ message: String) { self.message = message }
  public var description: String { "template parsing error: " + message }
}

/// A piece of a template.
indirect enum TemplateNode: Sendable {
  case text(String)
  case output(TemplatePipeline)
  case condition(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
  case with(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
  case range(key: String?, value: String?, TemplatePipeline, each: [TemplateNode], otherwise: [TemplateNode])
  case leave(goesOn: Bool)
}
