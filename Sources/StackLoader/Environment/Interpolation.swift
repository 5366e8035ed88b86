/// The tree with the variables in its values (never its keys) replaced from the environment it belongs to.
func interpolated(_ node: Node, _ report: Report) -> Node {
  switch node.value {
  case .null, .bool, .integer, .float: return node
  case .sequence(let nodes):
    var copy = node
    copy.value = .sequence(nodes.map { interpolated($0, report) })
    return copy
  case .mapping(let mapping):
    var copy = node
    copy.value = .mapping(mapping.mapValues { interpolated($0.value, report) })
    return copy
  case .string(let text):
    guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
    let template = Template(
      lookup: { node.place.origin.environment[$0] }, unset: { report.unsetVariable($0, node.place) })
    var copy = node
    do throws(Template.Failure) {
      copy.value = .string(try template.expand(text))
    } catch {
      explain(error, node.place, report)
    }
    return copy
  }
}

func explain(_ failure: Template.Failure, _ place: Place, _ report: Report) {
  switch failure {
  case .required(let name, let message):
    report.error(
      .requiredVariable, place, "the variable \(name) must be set" + (message.isEmpty ? "" : ": \(message)"),
      hint: "set \(name) in the environment or in the .env file")
  case .malformed(let reason):
    report.error(.interpolation, place, "not a variable: \(reason)", hint: "write $$ for a dollar sign")
  case .tooLong:
    report.error(.limit, place, "the value grows beyond \(Template.maximumLength >> 20) MiB when its variables are replaced")
  }
}
