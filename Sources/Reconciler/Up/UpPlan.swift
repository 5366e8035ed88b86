import OCI
import StackModel

/// The plan of `up`: first what happens to each container, then the steps, in an order in which each comes after all that it needs.
///
/// A container that is replaced is stopped *late*, when what it needs is ready, unless something needs it gone *early*: its network is made anew, another
/// takes its name or its port, or a service that it is bound to is replaced. Early stops depend on early stops of dependants alone and everything else on
/// services that come before in the order of dependencies, so no step can come to wait for itself.
struct UpPlan {
  let project: ProjectName
  let stack: Stack
  let observed: Observed
  let options: UpOptions
  let graph: ServiceGraph
  /// What the user named and, unless told otherwise, all that it needs.
  let selected: Set<ServiceName>
  /// Services that a job's success is waited for by.
  let jobs: Set<ServiceName>
  /// Services that others wait for the health of, or share the namespaces of.
  let servers: Set<ServiceName>
  /// Containers of the project by service, without one-offs, by number.
  let existing: [ServiceName: [ObservedContainer]]

  var steps = StepList()
  var notes: [String] = []
  /// Images that are built in any case.
  var rebuilt: Set<String> = []
  var imageSteps: [String: Int] = [:]
  var networkChanges: [NetworkName: [FieldChange]] = [:]
  var networkSteps: [NetworkName: Int] = [:]
  var volumeSteps: [VolumeName: Int] = [:]
  var replicas: [ServiceName: [Replica]] = [:]
  /// Containers that go and are not replaced.
  var departures: [(container: ObservedContainer, reasons: [Reason])] = []
  var early: Set<ContainerID> = []
  /// Early stops by service, and what they free.
  var stopSteps: [ServiceName: Set<Int>] = [:]
  var freedNames: [String: Int] = [:]
  var freedOwners: [ServiceName: Set<Int>] = [:]
  var freedPorts: [HostPort: Set<Int>] = [:]
  var earlyRemovals: [ContainerID: Int] = [:]
  var earlyStops: [ContainerID: Int] = [:]
  var createSteps: [ServiceName: Set<Int>] = [:]
  var startSteps: [ServiceName: Set<Int>] = [:]
  var waitSteps: [Wait: Int] = [:]

  /// A port of the host, whatever the address.
  struct HostPort: Hashable {
    var port: UInt16
    var transport: PortMapping.Transport
  }

  struct Wait: Hashable {
    var service: ServiceName
    var condition: Dependency.Condition
    var isRequired: Bool
  }

  init(project: ProjectName, stack: Stack, observed: Observed, options: UpOptions) throws(PlanningError) {
    self.project = project
    self.stack = stack
    self.observed = observed
    self.options = options
    let known = stack.services.keys
    for name in options.services + options.scale.keys.sorted() where stack.services[name] == nil {
      if let disabled = stack.disabledServices[name] {
        throw PlanningError(
          disabled, "its profiles are not active", hint: "activate one: --profile \(disabled.profiles.first ?? name.rawValue)")
      }
      if stack.jobs?[JobName(name.rawValue)] != nil {
        throw PlanningError("\"\(name)\" is a job, not a service", hint: "run it with: muster job run \(name)")
      }
      throw .unknownService(name, among: known)
    }
    graph = try ServiceGraph(stack.services, absent: stack.disabledServices)
    if options.services.isEmpty {
      selected = Set(known)
    } else {
      selected = options.noDependencies ? Set(options.services) : graph.closure(of: options.services)
    }
    var (jobs, servers): (Set<ServiceName>, Set<ServiceName>) = ([], [])
    for service in stack.services.values {
      for (name, dependency) in service.dependsOn where dependency.condition == .completed { jobs.insert(name) }
      for (name, dependency) in service.dependsOn where dependency.condition == .healthy { servers.insert(name) }
      servers.formUnion(service.options.namespaceOwners)
    }
    (self.jobs, self.servers) = (jobs, servers)
    existing = Dictionary(grouping: observed.containers.lazy.filter { !$0.spec.isOneOff }, by: \.spec.service)
      .mapValues { $0.sorted { ($0.spec.number, $0.spec.name) < ($1.spec.number, $1.spec.name) } }
  }

  mutating func make() throws(PlanningError) -> Plan {
    chooseBuilds()
    try compareNetworks()
    try decideFates()
    recreateWherePortsMove()
    try addOrphans()
    bindFates()
    try checkNames()
    try addImages()
    chooseEarly()
    addEarlyStops()
    addNetworks()
    try addVolumes()
    for name in graph.order where replicas[name] != nil { addContainers(of: name) }
    try addJobs()
    if options.waits && options.starts { addFinalWaits() }
    let kept = graph.order.flatMap { (replicas[$0] ?? []).filter { $0.isUntouched && !$0.isDone }.map(\.spec.name) }
    return Plan(project: project, basis: observed.generation, steps: steps.steps, notes: notes, unchanged: kept.sorted())
  }

  /// How many containers a service shall have.
  func scale(of service: Service) throws(PlanningError) -> Int {
    let wanted = options.scale[service.name] ?? service.replicas
    // The most that a stack file can say, too.
    guard (0...10_000).contains(wanted) else {
      throw PlanningError(service, "it cannot have \(wanted) containers", hint: wanted < 0 ? nil : "the most are 10000")
    }
    if wanted > 1, let name = service.containerName {
      throw PlanningError(
        service, "it shall have \(wanted) containers and has container_name \"\(name)\", which only one can have",
        hint: "take container_name away, or do not scale it")
    }
    return wanted
  }
}
