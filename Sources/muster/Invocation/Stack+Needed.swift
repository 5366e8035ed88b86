import StackModel

extension Stack {
  /// The services, with all that they depend on.
  func needed(by services: [ServiceName]) -> Set<ServiceName> {
    var found: Set<ServiceName> = []
    var waiting = services
    while let name = waiting.popLast() {
      guard found.insert(name).inserted else { continue }
      waiting += servicesAndJobs[name]?.dependsOn.keys.filter { self.services[$0] != nil } ?? []
    }
    return found
  }
}
