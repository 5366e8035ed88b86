import StackModel

extension Plan {
  /// The same without the values that a printed plan hides: those of variables whose names say so, and the fingerprints of secrets and configs.
  public var withoutSensitiveValues: Plan {
    var plan = self
    for index in plan.steps.indices {
      switch plan.steps[index].action {
      case .createContainer(let spec, let volumes):
        plan.steps[index].action = .createContainer(spec.withoutSensitiveValues, anonymousVolumes: volumes)
      case .createSuccessor(let spec, let successor, let volumes):
        plan.steps[index].action = .createSuccessor(spec.withoutSensitiveValues, name: successor, anonymousVolumes: volumes)
      case .renewFiles(let name, let id, let spec):
        plan.steps[index].action = .renewFiles(name: name, id: id, spec: spec.withoutSensitiveValues)
      case .updateContainer(let name, let id, let spec):
        plan.steps[index].action = .updateContainer(name: name, id: id, spec: spec.withoutSensitiveValues)
      case .createJob(let name, let job): plan.steps[index].action = .createJob(name, job.withoutSensitiveValues(project))
      case .updateJob(let name, let job): plan.steps[index].action = .updateJob(name, job.withoutSensitiveValues(project))
      case .buildImage(var build, let references, let service):
        build.arguments = hidden(build.arguments)
        plan.steps[index].action = .buildImage(build, references: references, service: service)
      default: break
      }
    }
    return plan
  }

  /// A line for each step that does something: waits depend on how far containers are at the moment, and are left out.
  public var effects: [String] {
    steps.compactMap { step in
      if case .waitFor = step.action { return nil }
      return "\(step.action.symbol) \(step.action.sentence)"
        + (step.reasons.isEmpty ? "" : " (" + step.reasons.map(\.description).joined(separator: "; ") + ")")
    }
  }
}

extension ContainerSpec {
  fileprivate var withoutSensitiveValues: ContainerSpec {
    var copy = withoutContents
    copy.options.environment = hidden(options.environment)
    guard var hooks = options.hooks else { return copy }
    for index in hooks.beforeStart.indices { hooks.beforeStart[index].environment = hidden(hooks.beforeStart[index].environment) }
    for index in hooks.afterStart.indices { hooks.afterStart[index].environment = hidden(hooks.afterStart[index].environment) }
    for index in hooks.beforeStop.indices { hooks.beforeStop[index].environment = hidden(hooks.beforeStop[index].environment) }
    copy.options.hooks = hooks
    return copy
  }
}

extension Job {
  fileprivate func withoutSensitiveValues(_ project: ProjectName) -> Job {
    var copy = self
    copy.definition.options = definition.container(1, of: project).withoutSensitiveValues.options
    copy.definition.build?.arguments = hidden(definition.build?.arguments ?? [:])
    return copy
  }
}

private func hidden(_ variables: [String: String]) -> [String: String] {
  Dictionary(uniqueKeysWithValues: variables.map { ($0, isSensitive($0) ? Shown.hidden.description : $1) })
}
