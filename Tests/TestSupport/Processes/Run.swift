import Glibc

/// The environment that programs of tests get: the path and the home of this process and nothing else.
public func plainEnvironment(_ additions: [String: String] = [:]) -> [String: String] {
  var environment = ["LC_ALL": "C.UTF-8", "TERM": "dumb"]
  for name in ["PATH", "HOME"] { environment[name] = getenv(name).map { String(cString: $0) } }
  return environment.merging(additions) { _, new in new }
}

/// Runs a program of the host to its end.
public func run(
  _ command: String..., environment: [String: String] = [:], directory: String? = nil, input: String = ""
) async throws -> Outcome {
  try await run(command, environment: environment, directory: directory, input: input)
}

/// Runs a program of the host to its end.
public func run(
  _ command: [String], environment: [String: String] = [:], directory: String? = nil, input: String = ""
) async throws -> Outcome {
  try await Child(command, environment: plainEnvironment(environment), directory: directory, streams: .text(input)).end()
}
