import Reconciler
import StackModel
import TestSupport

/// Stacks, changes to them and accidents, all decided by a seed.
extension SeededRandom {
  /// What no plan may ever show.
  static let secretMark = "FINGERPRINT-OF-A-SECRET"

  mutating func stack() -> Stack {
    let count = Int.random(in: 1...7, using: &self)
    var services: [Service] = []
    for index in 0..<count { services.append(service(index, before: services)) }
    return declare(services)
  }

  /// The same stack with some things changed.
  mutating func changed(_ stack: Stack) -> Stack {
    var services = stack.services.values.sorted { $0.name < $1.name }
    if services.count > 1, chance(20) {
      let gone = services.remove(at: Int.random(in: 0..<services.count, using: &self)).name
      for index in services.indices {
        services[index].dependsOn[gone] = nil
        if services[index].options.network == .service(gone) { services[index].options.network = .bridges([]) }
      }
    }
    for index in services.indices where chance(35) { change(&services[index]) }
    var changed = declare(services)
    for name in changed.networks.keys.sorted() where name != "outside" {
      changed.networks[name]?.isInternal = stack.networks[name].map { chance(15) ? !$0.isInternal : $0.isInternal } ?? false
    }
    return changed
  }

  /// Containers that ended, were paused or are missing since.
  mutating func disturb(_ world: inout World) {
    for index in world.observed.containers.indices.reversed() where chance(25) {
      switch Int.random(in: 0..<4, using: &self) {
      case 0: world.observed.containers[index].end(code: 1)
      case 1: world.observed.containers[index].end(code: 0)
      case 2: world.observed.containers[index].health = .starting
      default: world.observed.containers.remove(at: index)
      }
    }
    for reference in world.observed.images.keys.sorted() where chance(10) { world.observed.images[reference] = world.freshImage() }
  }

  mutating func options(for stack: Stack) -> UpOptions {
    var options = UpOptions()
    options.removeOrphans = chance(50)
    options.forceRecreate = chance(15)
    options.renewAnonymousVolumes = chance(15)
    options.waits = chance(20)
    options.starts = !chance(10)
    options.build = chance(20) ? .always : .ifMissing
    if chance(20), let name = stack.services.keys.sorted().randomElement(using: &self) { options.services = [name] }
    for service in stack.services.values.sorted(by: { $0.name < $1.name })
    where service.containerName == nil && service.options.ports.isEmpty && chance(10) {
      options.scale[service.name] = Int.random(in: 0...3, using: &self)
    }
    return options
  }

  private mutating func service(_ index: Int, before: [Service]) -> Service {
    var service = Service(name: ServiceName("s\(index)"), image: "image\(index):1")
    if chance(30) { service.build = BuildSpec(context: "/s\(index)") }
    if chance(30) { service.options.healthcheck = Healthcheck(test: ["CMD", "true"]) }
    for other in before where chance(35) {
      // All who wait for one service wait for the same: a job ends, and a server does not.
      let condition: Dependency.Condition =
        switch other.name.rawValue.last {
        case "0", "3": .completed;
        case "1", "4": .healthy;
        default: .started
        }
      service.dependsOn[other.name] = Dependency(condition: condition, restart: chance(30))
    }
    var networks: [NetworkName] = []
    for name in ["shop_default", "shop_back", "outside"] as [NetworkName] where chance(50) { networks.append(name) }
    service.options.network = .bridges(networks.map { Attachment(network: $0) })
    if let owner = before.last, owner.replicas == 1, !["s0", "s3"].contains(owner.name), owner.options.networkMode == nil, chance(25) {
      service.options.network = .service(owner.name)
      service.dependsOn[owner.name] = service.dependsOn[owner.name] ?? Dependency()
    }
    if chance(40) {
      service.options.mounts.append(Mount(source: .volume(VolumeName(chance(50) ? "shop_data" : "shop_s\(index)")), target: "/data"))
    }
    if chance(20) { service.options.mounts.append(Mount(source: .volume("kept"), target: "/kept")) }
    if chance(30) { service.options.mounts.append(Mount(source: .anonymousVolume, target: "/cache")) }
    if chance(40) {
      var (deployment, update) = (Deployment(), Rollout())
      update.parallelism = Int.random(in: 0...2, using: &self)
      update.order = chance(60) ? .startFirst : .stopFirst
      update.failureAction = Rollout.FailureAction.allCases.randomElement(using: &self)
      update.delay = chance(30) ? .seconds(1) : nil
      deployment.update = update
      service.requests = ServiceRequests()
      service.requests?.deployment = deployment
    }
    if chance(40) {
      service.options.onSecretChange = [nil, SecretChange.none, .restart, .signal("HUP")].randomElement(using: &self) ?? nil
      service.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", fingerprint: Self.secretMark + "\(index)")]
    }
    change(&service)
    return service
  }

  private mutating func change(_ service: inout Service) {
    switch Int.random(in: 0..<11, using: &self) {
    case 6: service.options.resources.memory = [nil, 67_108_864, 134_217_728].randomElement(using: &self) ?? nil
    case 7: service.options.restart = [.no, .onFailure(maximum: nil), .onFailure(maximum: 3)].randomElement(using: &self) ?? .no
    case 8: service.options.labels["colour"] = ["red", "green", "blue"].randomElement(using: &self)
    case 9:
      if service.options.healthcheck != nil { service.options.healthcheck?.interval = .seconds(Int64.random(in: 1...3, using: &self)) }
    case 10:
      if case .bridges(var attachments) = service.options.network {
        if let index = attachments.firstIndex(where: { $0.network == "shop_back" }) {
          if chance(50) {
            attachments.remove(at: index)
          } else {
            attachments[index].aliases = ["alias\(Int.random(in: 0..<3, using: &self))"]
          }
        } else {
          attachments.append(Attachment(network: "shop_back"))
        }
        service.options.network = .bridges(attachments)
      }
    case 0: service.options.environment["LEVEL"] = "\(Int.random(in: 0..<5, using: &self))"
    case 1:
      let own = PortMapping(published: 8000 + UInt16(service.name.rawValue.utf8.last ?? 0), target: 80)
      service.options.ports = chance(20) ? [] : [own] + (chance(30) ? [PortMapping(published: nil, target: 81)] : [])
      service.replicas = 1
    case 2:
      service.containerName = "named-\(service.name)"
      service.replicas = 1
    case 3:
      if service.containerName == nil, service.options.ports.isEmpty { service.replicas = Int.random(in: 1...3, using: &self) }
    case 4:
      if !service.options.secrets.isEmpty {
        service.options.secrets[0].fingerprint = Self.secretMark + "-\(Int.random(in: 0..<9, using: &self))"
      }
    default: service.containerName = nil
    }
  }

  private func declare(_ services: [Service]) -> Stack {
    ReconcilerTests.stack(services) {
      $0.networks["outside"]?.isExternal = true
      $0.volumes["kept"]?.isExternal = true
    }
  }
}

extension ContainerOptions {
  /// The service whose network it shares.
  fileprivate var networkMode: ServiceName? {
    if case .service(let name) = network { name } else { nil }
  }
}
