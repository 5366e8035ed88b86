public import OCI
public import StackModel

/// What a container runs, program and arguments. Throws when neither the specification nor the image says.
public func processArguments(_ spec: ContainerSpec, _ image: ImageConfig) throws(SetupError) -> [String] {
  try processArguments(spec.options, image.config ?? ImageConfig.Execution())
}

/// What runs in the container, by Docker's rules: an `entrypoint` that is not empty drops the image's command; an empty one only the image's entry
/// point; an empty `command` the image's command.
func processArguments(_ options: ContainerOptions, _ image: ImageConfig.Execution) throws(SetupError) -> [String] {
  let entrypoint = options.entrypoint ?? image.entrypoint ?? []
  let replaced = options.entrypoint.map { !$0.isEmpty } ?? false
  let command = options.command ?? (replaced ? [] : image.cmd ?? [])
  let arguments = entrypoint + command
  guard let first = arguments.first, !first.isEmpty else {
    throw SetupError("command: no command specified, and the image has none", hint: "give the service a command or an entrypoint")
  }
  try checkNoNUL(arguments, key: "command")
  return arguments
}

/// C strings end at NUL: one inside would silently cut an argument short.
func checkNoNUL(_ texts: [String], key: String) throws(SetupError) {
  if texts.contains(where: { $0.utf8.contains(0) }) { throw SetupError("\(key): has a NUL byte in it") }
}
