import OCI
import StackModel

/// Docker's, when the image sets none.
private let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/// The environment of the container's first process: Docker's own variables, the image's over them, the service's over those.
func processEnvironment(_ inputs: ContainerInputs) throws(SetupError) -> [String] {
  try mergedEnvironment(
    hostname: containerHostname(inputs), hasTerminal: inputs.options.hasTerminal, image: inputs.execution.env ?? [],
    own: inputs.options.environment)
}

/// Every name stays where it first came; values are the last ones; the service's new names come in order of name.
func mergedEnvironment(
  hostname: String, hasTerminal: Bool, image: [String], own: [String: String]
) throws(SetupError) -> [String] {
  var names: [String] = []
  var values: [String: String] = [:]
  func set(_ name: String, _ value: String) {
    if values.updateValue(value, forKey: name) == nil { names.append(name) }
  }
  set("PATH", defaultPath)
  set("HOSTNAME", hostname)
  if hasTerminal { set("TERM", "xterm") }
  for entry in image {
    guard let sign = entry.firstIndex(of: "="), sign != entry.startIndex else { continue }
    set(String(entry[..<sign]), String(entry[entry.index(after: sign)...]))
  }
  for (name, value) in own.sorted(by: { $0.key < $1.key }) {
    if name.isEmpty || name.contains("=") { throw SetupError("environment: \"\(name)\" is not a variable's name") }
    set(name, value)
  }
  let entries = names.map { $0 + "=" + (values[$0] ?? "") }
  try checkNoNUL(entries, key: "environment")
  return entries
}
