public import StackModel

/// Works out what has to be done so that what exists becomes what a user asked for. Touches nothing and reads no clock: the same input gives the same plan.
public struct Planner: Sendable {
  public let project: ProjectName
  /// nil: no stack file is known; only what exists can be worked with.
  public let desired: Stack?
  public let observed: Observed

  public init(project: ProjectName, desired: Stack?, observed: Observed) {
    self.project = project
    self.desired = desired
    self.observed = observed
  }

  /// The steps, or why there can be none.
  public func plan(_ operation: Operation) throws(PlanningError) -> Plan {
    switch operation {
    case .up(let options):
      var up = try UpPlan(project: project, stack: stack(), observed: observed, options: options)
      return try up.make()
    case .down(let options):
      var down = try DownPlan(self, options)
      return try down.make()
    case .build(let services, let noCache): return try buildPlan(services, noCache: noCache)
    case .pull(let services, let dependencies, let policy, let ignoresBuildable):
      return try pullPlan(services, dependencies: dependencies, policy: policy, ignoresBuildable: ignoresBuildable)
    case .push(let services, let dependencies): return try pushPlan(services, dependencies: dependencies)
    case .start(let services): return try startPlan(services)
    case .stop(let services, let timeout): return try stopPlan(services, timeout: timeout)
    case .restart(let services, let timeout, let noDependencies):
      return try restartPlan(services, timeout: timeout, noDependencies: noDependencies)
    case .kill(let services, let signal): return try killPlan(services, signal: signal)
    case .rollback:
      throw PlanningError("a rollback is planned as the up of an earlier version", hint: "this is a defect of Muster: please report it")
    case .remove(let services, let stop, let volumes): return try removePlan(services, stop: stop, volumes: volumes)
    }
  }

  func stack() throws(PlanningError) -> Stack {
    guard let desired else {
      throw PlanningError(
        "there is no stack file, and the project \"\(project)\" has not been brought up before", hint: "name the file: -f FILE")
    }
    return desired
  }

  func plan(_ steps: StepList, notes: [String] = [], unchanged: [String] = []) -> Plan {
    Plan(project: project, basis: observed.generation, steps: steps.steps, notes: notes, unchanged: unchanged)
  }
}
