/// One filling in of a template.
struct TemplateEvaluation {
  private let root: TemplateValue
  private var dot: TemplateValue
  private var variables: [(name: String, value: TemplateValue)]
  private var output = ""
  /// Set by `break` and `continue` until their `range` sees it.
  private var leaving: TemplateNode?

  init(root: TemplateValue) {
    self.root = root
    dot = root
    variables = [("", root)]
  }

  mutating func text(of nodes: [TemplateNode]) throws(GoTemplateError) -> String {
    try run(nodes)
    return output
  }

  private mutating func run(_ nodes: [TemplateNode]) throws(GoTemplateError) {
    let depth = variables.count
    defer { variables.removeLast(variables.count - depth) }
    for node in nodes where leaving == nil {
      switch node {
      case .text(let text): output += text
      case .output(let pipeline):
        let value = try self.value(of: pipeline)
        if pipeline.variable == nil { output += value.printed }
      case .condition(let pipeline, let then, let otherwise):
        let before = variables.count
        let isTrue = try self.value(of: pipeline).isTrue
        try run(isTrue ? then : otherwise)
        variables.removeLast(variables.count - before)
      case .with(let pipeline, let then, let otherwise):
        let before = variables.count
        let value = try self.value(of: pipeline)
        if value.isTrue {
          let outer = dot
          dot = value
          defer { dot = outer }
          try run(then)
        } else {
          try run(otherwise)
        }
        variables.removeLast(variables.count - before)
      case .range(let key, let value, let pipeline, let each, let otherwise):
        let over = try self.value(of: pipeline)
        try range(over, key, value, each, otherwise)
      case .leave: leaving = node
      }
    }
  }

  private mutating func range(
    _ over: TemplateValue, _ key: String?, _ value: String?, _ each: [TemplateNode], _ otherwise: [TemplateNode]
  ) throws(GoTemplateError) {
    let items: [(TemplateValue, TemplateValue)]
    switch over {
    case .list(let values): items = values.enumerated().map { (.int(Int64($0.offset)), $0.element) }
    case .object(let fields): items = fields.sorted { $0.key < $1.key }.map { (.text($0.key), $0.value) }
    case .null: items = []
    default: throw GoTemplateError("range can't iterate over \(over.printed)")
    }
    if items.isEmpty { return try run(otherwise) }
    let outer = dot
    defer { dot = outer }
    for (place, item) in items {
      let before = variables.count
      if let key { variables.append((key, place)) }
      if let value { variables.append((value, item)) }
      dot = item
      try run(each)
      variables.removeLast(variables.count - before)
      if case .leave(let goesOn)? = leaving {
        leaving = nil
        if !goesOn { break }
      }
    }
  }

  private mutating func value(of pipeline: TemplatePipeline) throws(GoTemplateError) -> TemplateValue {
    var last: TemplateValue?
    for command in pipeline.commands { last = try self.value(of: command, after: last, pipeline.source) }
    let value = last ?? .null
    guard let name = pipeline.variable else { return value }
    if pipeline.declares {
      variables.append((name, value))
    } else {
      guard let place = variables.lastIndex(where: { $0.name == name }) else { throw GoTemplateError("undefined variable \"$\(name)\"") }
      variables[place].value = value
    }
    return value
  }

  private mutating func value(
    of command: [TemplateOperand], after last: TemplateValue?, _ source: String
  ) throws(GoTemplateError) -> TemplateValue {
    guard let first = command.first else { return .null }
    if case .function(let name) = first {
      // `and` and `or` stop where the answer is known.
      if name == "and" || name == "or", last == nil {
        guard command.count > 1 else { throw GoTemplateError("wrong number of args for \(name): want at least 1 got 0") }
        var value = TemplateValue.null
        for operand in command.dropFirst() {
          value = try self.value(of: operand, source)
          if value.isTrue == (name == "or") { return value }
        }
        return value
      }
      var arguments: [TemplateValue] = []
      for operand in command.dropFirst() { arguments.append(try self.value(of: operand, source)) }
      return try TemplateFunctions.call(name, arguments + (last.map { [$0] } ?? []))
    }
    var arguments: [TemplateValue] = []
    for operand in command.dropFirst() { arguments.append(try self.value(of: operand, source)) }
    arguments += last.map { [$0] } ?? []
    let value = try self.value(of: first, source)
    guard !arguments.isEmpty else { return value }
    guard case .object = value else { throw GoTemplateError("can't give argument to non-function \(source)") }
    return try TemplateFunctions.call("index", [value] + arguments)
  }

  private mutating func value(of operand: TemplateOperand, _ source: String) throws(GoTemplateError) -> TemplateValue {
    switch operand {
    case .literal(let value): return value
    case .function(let name): return try TemplateFunctions.call(name, [])
    case .dot(let names): return try field(names, of: dot, source, isRoot: dot == root)
    case .group(let pipeline, let names):
      let inner = try self.value(of: pipeline)
      return try field(names, of: inner, source, isRoot: false)
    case .variable(let name, let names):
      guard let found = variables.last(where: { $0.name == name }) else { throw GoTemplateError("undefined variable \"$\(name)\"") }
      return try field(names, of: found.value, source, isRoot: name.isEmpty)
    }
  }

  private func field(
    _ names: [String], of value: TemplateValue, _ source: String, isRoot: Bool
  ) throws(GoTemplateError) -> TemplateValue {
    var value = value
    for (place, name) in names.enumerated() {
      switch value {
      case .object(let fields):
        if let found = fields[name] {
          value = found
        } else if isRoot, place == 0 {
          throw GoTemplateError("executing \"\" at <\(source)>: can't evaluate field \(name)")
        } else {
          value = .null
        }
      case .null: throw GoTemplateError("executing \"\" at <\(source)>: nil pointer evaluating .\(name)")
      default: throw GoTemplateError("executing \"\" at <\(source)>: can't evaluate field \(name) in type \(value.kind)")
      }
    }
    return value
  }
}
