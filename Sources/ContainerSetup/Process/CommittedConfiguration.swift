public import OCI
public import StackModel

/// What an image says that is made of a container, as `docker commit` has it: the image's configuration, and over it what the container was
/// made with.
public func committedConfiguration(_ spec: ContainerSpec, _ image: ImageConfig) -> ImageConfig.Execution {
  var made = image.config ?? ImageConfig.Execution()
  let options = spec.options
  if let entrypoint = options.entrypoint {
    made.entrypoint = entrypoint.isEmpty ? nil : entrypoint
    if !entrypoint.isEmpty { made.cmd = nil }
  }
  if let command = options.command { made.cmd = command.isEmpty ? nil : command }
  var environment = made.env ?? []
  for (name, value) in options.environment.sorted(by: { $0.key < $1.key }) {
    environment.removeAll { $0.hasPrefix(name + "=") }
    environment.append("\(name)=\(value)")
  }
  made.env = environment.isEmpty ? nil : environment
  if let directory = options.workingDirectory { made.workingDir = directory }
  if let user = options.user { made.user = user }
  if let signal = options.stopSignal { made.stopSignal = signal }
  if !options.labels.isEmpty { made.labels = (made.labels ?? [:]).merging(options.labels) { $1 } }
  let ports =
    options.exposedPorts.map { $0.contains("/") ? $0 : $0 + "/tcp" } + options.ports.map { "\($0.target)/\($0.transport.rawValue)" }
  if !ports.isEmpty { made.exposedPorts = (made.exposedPorts ?? [:]).merging(ports.map { ($0, ImageConfig.Empty()) }) { $1 } }
  if let check = options.healthcheck, let test = check.test, !["HTTP", "TCP"].contains(test.first) {
    var health = ImageConfig.Health()
    health.test = test
    health.interval = check.interval?.nanoseconds
    health.timeout = check.timeout?.nanoseconds
    health.startPeriod = check.startPeriod?.nanoseconds
    health.startInterval = check.startInterval?.nanoseconds
    health.retries = check.retries
    made.healthcheck = health
  }
  return made
}
