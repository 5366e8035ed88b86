import OCI
public import StackModel

/// What a plan was made from, in fingerprints and in what a printed plan may show anyway: what of it has changed since can be named, and no secret
/// can be read from it.
public struct PlanBasis: Sendable, Codable, Equatable {
  /// One thing that was asked for or found.
  public struct Item: Sendable, Codable, Equatable {
    /// Of all of it.
    public var fingerprint: String
    /// What of it may be shown: `environment.LOG_LEVEL` → `info`.
    public var fields: [String: String]
    public init(fingerprint: String, fields: [String: String] = [:]) {
      self.fingerprint = fingerprint
      self.fields = fields
    }
  }

  /// `service web`, `network shop_default`, `secret db_password` as the stack says they shall be.
  public var asked: [String: Item]
  /// `container shop-web-1`, `image nginx:1.27`, `volume shop_data` as they were.
  public var found: [String: Item]

  public init(asked: [String: Item] = [:], found: [String: Item] = [:]) {
    self.asked = asked
    self.found = found
  }

  /// - Parameter fingerprint: Of a value that is named; cannot be undone by whoever does not have its key.
  public init(
    project: ProjectName, stack: Stack?, observed: Observed, fingerprint: (any Encodable, _ name: String) throws -> String
  ) rethrows {
    asked = [:]
    found = [:]
    if let stack { try addAsked(stack, fingerprint) }
    try addFound(project, stack, observed, fingerprint)
  }

  private mutating func addAsked(_ stack: Stack, _ fingerprint: (any Encodable, String) throws -> String) rethrows {
    for var service in stack.services.values {
      // Where it is written may change without a change of what is written.
      service.origin = nil
      let blank = ContainerSpec(project: stack.name, service: service.name, name: "", image: "")
      var spec = service.container(1, of: stack.name)
      (spec.name, spec.number) = ("", 1)
      var fields = Dictionary(
        blank.changes(to: spec).map { ($0.path, $0.new?.description ?? $0.old?.description ?? "") }, uniquingKeysWith: { $1 })
      fields["scale"] = "\(service.replicas)"
      fields["container_name"] = service.containerName
      for (name, dependency) in service.dependsOn { fields["depends_on.\(name)"] = dependency.condition.rawValue }
      asked["service \(service.name)"] = Item(fingerprint: try fingerprint(service, "service \(service.name)"), fields: fields)
      for (kind, grants) in [("secret", service.options.secrets), ("config", service.options.configs)] {
        for grant in grants {
          let name = "\(kind) \(grant.source)"
          asked[name] = Item(fingerprint: try fingerprint(grant.fingerprint ?? "", name))
        }
      }
    }
    for (name, var job) in stack.jobs ?? [:] {
      job.definition.origin = nil
      let fields = ["triggers": job.triggerText]
      asked["job \(name)"] = Item(fingerprint: try fingerprint(job, "job \(name)"), fields: fields)
    }
    for name in stack.disabledServices.keys {
      asked["disabled service \(name)"] = Item(fingerprint: try fingerprint(true, "disabled service \(name)"))
    }
    for network in stack.networks.values {
      asked["network \(network.name)"] = Item(fingerprint: try fingerprint(network, "network \(network.name)"))
    }
    for volume in stack.volumes.values {
      asked["volume \(volume.name)"] = Item(fingerprint: try fingerprint(volume, "volume \(volume.name)"))
    }
  }

  private mutating func addFound(
    _ project: ProjectName, _ stack: Stack?, _ observed: Observed, _ fingerprint: (any Encodable, String) throws -> String
  ) rethrows {
    for container in observed.containers {
      let name = "container \(container.spec.name)"
      var fields = ["id": container.id.short, "image": container.imageID.short, "state": container.state.rawValue]
      if let code = container.exitCode, container.state == .exited { fields["exit code"] = "\(code)" }
      let known = FoundContainer(
        id: container.id, spec: container.spec, image: container.imageID.description, state: container.state,
        exitCode: container.state == .exited ? container.exitCode : nil, volumes: container.anonymousVolumes,
        network: container.joinedNetwork)
      found[name] = Item(fingerprint: try fingerprint(known, name), fields: fields)
    }
    for job in observed.jobs ?? [] where job.project == project {
      let name = "job \(job.name)"
      var job = job
      job.job.definition.origin = nil
      found[name] = Item(fingerprint: try fingerprint(job, name), fields: ["triggers": job.job.triggerText])
    }
    for network in observed.networks where network.project == project || stack?.networks[network.definition.name] != nil {
      let name = "network \(network.definition.name)"
      found[name] = Item(fingerprint: try fingerprint(network, name))
    }
    for volume in observed.volumes where volume.project == project || stack?.volumes[volume.definition.name] != nil {
      let name = "volume \(volume.definition.name)"
      found[name] = Item(fingerprint: try fingerprint(volume, name))
    }
    let changed = Set(observed.changedBuilds ?? [])
    for (reference, image) in observed.images {
      let name = "image \(reference)"
      let isChanged = changed.contains(reference)
      found[name] = Item(
        fingerprint: try fingerprint("\(image) \(isChanged)", name),
        fields: ["id": image.short, "is built from what it would be built from": isChanged ? "no" : "yes"])
    }
  }

  /// What of a container a plan is made from: not its health, its process or when it was started.
  private struct FoundContainer: Encodable {
    var id: ContainerID
    var spec: ContainerSpec
    var image: String
    var state: ContainerState
    var exitCode: Int32?
    var volumes: [String: VolumeName]
    var network: ContainerID?
  }
}

extension PlanBasis {
  /// What is different in `now`, a sentence each: first in what is asked for, then in what exists.
  public func differences(to now: PlanBasis) -> [String] {
    Self.differences(
      asked, now.asked, appeared: "is new in the stack file", gone: "is in the stack file no more", changed: "in the stack file: ")
      + Self.differences(found, now.found, appeared: "is there now", gone: "is gone", changed: "")
  }

  private static func differences(
    _ old: [String: Item], _ new: [String: Item], appeared: String, gone: String, changed: String
  ) -> [String] {
    Set(old.keys).union(new.keys).sorted().flatMap { name -> [String] in
      guard let before = old[name] else { return ["\(name) \(appeared)"] }
      guard let after = new[name] else { return ["\(name) \(gone)"] }
      guard before.fingerprint != after.fingerprint else { return [] }
      let fields = Set(before.fields.keys).union(after.fields.keys).sorted().filter { before.fields[$0] != after.fields[$0] }
      guard !fields.isEmpty else { return ["\(changed)\(name) has changed"] }
      return fields.map { field in
        let change = FieldChange(path: field, old: before.fields[field].map(Shown.text), new: after.fields[field].map(Shown.text))
        return "\(changed)\(name): \(change)"
      }
    }
  }
}
