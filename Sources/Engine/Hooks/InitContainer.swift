import StackModel

extension ContainerSpec {
  /// The container of one step of `pre_start`: like this one in image, networks, mounts and limits, unless the step says otherwise; without
  /// ports, names and addresses that only one can have.
  func initContainer(_ index: Int, _ step: InitStep) -> ContainerSpec {
    let base = step.isPerReplica ? "\(project)-\(service)-\(number)" : "\(project)-\(service)"
    var made = ContainerSpec(
      project: project, service: service, number: index + 1, isOneOff: true, name: "\(base)-pre_start-\(index)", image: step.image ?? image,
      options: options)
    made.options.hooks = nil
    made.options.restart = .no
    made.options.healthcheck = Healthcheck(test: ["NONE"])
    made.options.ports = []
    made.options.hasTerminal = false
    made.options.isInteractive = false
    if made.options.logging.driver == .none { made.options.logging = Logging() }
    if case .bridges(let attachments) = options.network {
      made.options.network = .bridges(attachments.map { Attachment(network: $0.network, priority: $0.priority) })
    }
    // The volumes are the service's, filled when its container was made.
    for mount in made.options.mounts.indices { made.options.mounts[mount].noCopy = true }
    if step.image != nil {
      // Another image has its own program and user.
      made.options.entrypoint = nil
      made.options.command = nil
      made.options.user = nil
    }
    if let command = step.command { made.options.command = command }
    if let user = step.user { made.options.user = user }
    if step.isPrivileged { made.options.isPrivileged = true }
    if let directory = step.workingDirectory { made.options.workingDirectory = directory }
    made.options.environment.merge(step.environment) { $1 }
    return made
  }
}
