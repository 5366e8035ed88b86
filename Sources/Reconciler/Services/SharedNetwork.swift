import StackModel

// A network namespace lives as long as somebody is in it. Whoever shares that of another service's container stays in it when that container
// ends, and the next one of that name comes back into it, with its interfaces and addresses as they are. So what is shared can be replaced without
// those who share it noticing, as long as its networks are the same.

extension ObservedContainer {
  /// Whether it can go on while the container whose network it shares is replaced by one made from `spec`, or started again as that.
  func staysInNetwork(of owner: ObservedContainer, becoming spec: ContainerSpec) -> Bool {
    guard state == .running || state == .paused, joinedNetwork == owner.id else { return false }
    if let keptNetwork, Set(keptNetwork.networks) != Set(spec.options.networkNames) { return false }
    return self.spec.sharesOnlyNetwork(of: spec.service) && owner.spec.keepsNetwork(as: spec)
      && owner.spec.options.users == self.spec.options.users
  }
}

extension ContainerSpec {
  /// It lives in the network namespace of a service's container, and not in others of its namespaces, which go with it.
  fileprivate func sharesOnlyNetwork(of owner: ServiceName) -> Bool {
    guard options.network == .service(owner), options.pidOwner != .service(owner) else { return false }
    return options.ipc != .of(.service(owner))
  }

  /// Whether a container made from `new` finds in this one's network namespace all that it asks for, and nothing that it does not.
  fileprivate func keepsNetwork(as new: ContainerSpec) -> Bool {
    guard name == new.name, options.users == new.options.users else { return false }
    if options.users?.mapping != nil, new.options.sharesFurtherNamespaces { return false }
    // What has been set stays set.
    let gone = options.sysctls.keys.filter { $0.hasPrefix("net.") && new.options.sysctls[$0] == nil }
    guard gone.isEmpty else { return false }
    switch (options.network, new.options.network) {
    case (.none, .none): return true
    case (.bridges(let old), .bridges(let new)): return old.map(\.withoutNames) == new.map(\.withoutNames)
    default: return false
    }
  }
}

extension ContainerOptions {
  /// It is in the pid or IPC namespace of another container, and so in that one's user namespace.
  fileprivate var sharesFurtherNamespaces: Bool {
    if case .of? = ipc { return true }
    return pidOwner != nil
  }
}

extension Attachment {
  /// What the interface shows.
  fileprivate var withoutNames: Attachment {
    var copy = self
    copy.aliases = []
    return copy
  }
}

extension UpPlan {
  /// Whether a container goes on in the network namespace of another service's, whatever happens to that one.
  func staysInNetwork(_ replica: Replica, of owner: ServiceName) -> Bool {
    guard let current = replica.current, replica.spec.options.network == .service(owner),
      let theirs = (replicas[owner] ?? []).min(by: { $0.spec.number < $1.spec.number }), let before = theirs.current,
      current.staysInNetwork(of: before, becoming: theirs.spec)
    else { return false }
    if theirs.isKept { return true }
    return theirs.spec.options.networkNames.allSatisfy { networkChanges[$0] == nil }
  }

  /// It is in a network namespace whose owner is not there, on a network that is made anew.
  func keepsChangedNetwork(_ replica: Replica) -> Bool {
    replica.current?.keptNetwork?.networks.contains { networkChanges[$0] != nil } ?? false
  }

  /// The first of the services whose containers go on in the network namespace of a service's container; nil: there are none.
  func sharer(ofNetwork owner: ServiceName) -> ServiceName? {
    (graph.dependants[owner] ?? []).first { name in
      let mine = replicas[name] ?? runningBystanders(name)
      return mine.contains { !$0.isInterrupted && staysInNetwork($0, of: owner) }
    }
  }
}
