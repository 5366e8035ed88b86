import Diagnostics

/// The tree with the variables in its values (never its keys) replaced from the environment it belongs to.
func interpolated(_ node: Node, _ report: Report) -> Node { replaced(node, report) ?? node }

/// Whether there may be a variable: no plain value without a dollar sign needs to be looked at any further.
private func mayHold(_ value: Node.Value) -> Bool {
  switch value {
  case .null, .bool, .integer, .float: false
  case .sequence, .mapping: true
  case .string(let text): text.utf8.contains(UInt8(ascii: "$"))
  }
}

/// nil when there is nothing to replace: most of a file stays as it is and is not copied.
private func replaced(_ node: Node, _ report: Report) -> Node? {
  switch node.value {
  case .null, .bool, .integer, .float: return nil
  case .sequence(let nodes):
    var changed: [Node]?
    for at in nodes.indices where mayHold(nodes[at].value) {
      guard let new = replaced(nodes[at], report) else { continue }
      changed = changed ?? nodes
      changed?[at] = new
    }
    guard let changed else { return nil }
    var copy = node
    copy.value = .sequence(changed)
    return copy
  case .mapping(let mapping):
    var changed: Mapping?
    for at in mapping.entries.indices where mayHold(mapping.entries[at].value.value) {
      guard let new = replaced(mapping.entries[at].value, report) else { continue }
      changed = changed ?? mapping
      changed?.replaceValue(at: at, new)
    }
    guard let changed else { return nil }
    var copy = node
    copy.value = .mapping(changed)
    return copy
  case .string(let text):
    guard text.utf8.contains(UInt8(ascii: "$")) else { return nil }
    let environment = node.place.origin.environment
    var uses: [(name: String, outcome: Template.Outcome)] = []
    var template = Template(lookup: { environment[$0] }, unset: { report.unsetVariable($0, node.place) })
    template.used = { uses.append(($0, $1)) }
    var copy = node
    do throws(Template.Failure) {
      let expanded = try template.expand(text)
      guard report.spend(bytes: expanded.utf8.count, node.place) else { return nil }
      copy.value = .string(expanded)
      copy.isInterpolated = true
    } catch {
      tell(error, node.place, report)
    }
    for use in uses { report.used(use.name, use.outcome, node.place) }
    // More would tell nobody anything.
    for use in uses.prefix(8).reversed() { copy.place.trail = Trail(note(use.name, use.outcome, environment), copy.place.trail) }
    return copy
  }
}

/// How a variable led to a value.
private func note(_ name: String, _ outcome: Template.Outcome, _ environment: Variables) -> Diagnostic.Note {
  let variable = environment.all[name]
  switch outcome {
  case .value: return variable?.source.note(name) ?? Diagnostic.Note("the variable \(name) is not set")
  case .fallback:
    guard case .file(let range)? = variable?.source else {
      return Diagnostic.Note("the variable \(name) is \(variable == nil ? "not set" : "empty"), so its default stands")
    }
    return Diagnostic.Note("the variable \(name) is empty, so its default stands", at: range)
  case .alternative:
    guard case .file(let range)? = variable?.source else {
      return Diagnostic.Note("the variable \(name) is set, so what is after + stands")
    }
    return Diagnostic.Note("the variable \(name) is set here, so what is after + stands", at: range)
  case .nothing: return Diagnostic.Note("the variable \(name) is \(variable == nil ? "not set" : "empty")")
  case .missing: return Diagnostic.Note("the variable \(name) is \(variable == nil ? "not set" : "empty")")
  }
}

private func tell(_ failure: Template.Failure, _ place: Place, _ report: Report) {
  switch failure {
  case .required(let name, let message):
    var place = place
    // Empty rather than missing: where it was made so.
    if let variable = place.origin.environment.all[name] { place.trail = Trail(variable.source.note(name), place.trail) }
    report.error(
      .requiredVariable, place, "the variable \(name) must be set" + (message.isEmpty ? "" : ": \(message)"),
      hint: "set \(name) in the environment or in the .env file")
  case .malformed(let reason):
    report.error(.interpolation, place, "not a variable: \(reason)", hint: "write $$ for a dollar sign")
  case .tooLong:
    report.error(.limit, place, "the value grows beyond \(Template.maximumLength >> 20) MiB when its variables are replaced")
  }
}
