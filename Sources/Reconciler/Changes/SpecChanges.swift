public import StackModel

extension ContainerSpec {
  /// The fields in which a container that exists differs from what shall be, in the stack file's words; empty when they are equal.
  ///
  /// What a secret or a config contains is never shown, nor a variable whose name says that it is secret.
  public func changes(to new: ContainerSpec) -> [FieldChange] {
    guard self != new else { return [] }
    let old = comparable(to: new)
    guard old != new else { return [] }
    var changes = FieldChanges()
    changes.compare("container_name", name, new.name) { $0 }
    changes.compare("image", image, new.image) { $0 }
    if old.options != new.options {
      changes.compareProcess(old.options, new.options)
      changes.compareNetwork(old.options, new.options)
      changes.compareStorage(old.options, new.options)
      changes.compareResources(old.options, new.options)
      changes.compareConfinement(old.options, new.options)
    }
    // The rest of a spec says which container it is.
    if changes.list.isEmpty { changes.add("service", .text("\(service) \(number)"), .text("\(new.service) \(new.number)")) }
    return changes.list
  }

  /// What is in a mounted file is compared only when both sides know of it; options of the log that say the same are the same.
  private func comparable(to new: ContainerSpec) -> ContainerSpec {
    var copy = self
    let known = Dictionary(new.options.mounts.map { ($0.target, $0.fingerprint) }, uniquingKeysWith: { first, _ in first })
    for (index, mount) in options.mounts.enumerated() {
      guard let theirs = known[mount.target], theirs == nil || mount.fingerprint == nil else { continue }
      copy.options.mounts[index].fingerprint = theirs
    }
    // Sizes are compared as what they mean, however they are written.
    if copy.options.logging.furtherOptions == new.options.logging.furtherOptions {
      copy.options.logging.options = new.options.logging.options
    }
    return copy
  }
}

extension FieldChanges {
  fileprivate mutating func compareProcess(_ old: ContainerOptions, _ new: ContainerOptions) {
    compare("entrypoint", old.entrypoint, new.entrypoint, FieldText.of)
    compare("command", old.command, new.command, FieldText.of)
    compare("environment", old.environment, new.environment, isHidden: isSensitive) { $0 }
    compare("working_dir", old.workingDirectory, new.workingDirectory) { $0 }
    compare("user", old.user, new.user) { $0 }
    compare("group_add", old.groups, new.groups, FieldText.of)
    compare("tty", old.hasTerminal, new.hasTerminal, FieldText.of)
    compare("stdin_open", old.isInteractive, new.isInteractive, FieldText.of)
    compare("init", old.usesInit, new.usesInit, FieldText.of)
    compare("stop_signal", old.stopSignal, new.stopSignal) { $0 }
    compare("stop_grace_period", old.stopGracePeriod, new.stopGracePeriod, FieldText.of)
    compare("restart", old.restart, new.restart, FieldText.of)
    let (limits, newLimits) = (old.restartLimits ?? RestartLimits(), new.restartLimits ?? RestartLimits())
    compare("deploy.restart_policy.max_attempts", limits.maximum, newLimits.maximum) { "\($0)" }
    compare("deploy.restart_policy.delay", limits.delay, newLimits.delay, FieldText.of)
    compare("deploy.restart_policy.window", limits.window, newLimits.window, FieldText.of)
    compareHealth(old.healthcheck, new.healthcheck)
    let (hooks, newHooks) = (old.hooks ?? LifecycleHooks(), new.hooks ?? LifecycleHooks())
    compare("pre_start", hooks.beforeStart, newHooks.beforeStart) { FieldText.of($0.map(FieldText.of)) }
    compare("post_start", hooks.afterStart, newHooks.afterStart) { FieldText.of($0.map(FieldText.of)) }
    compare("pre_stop", hooks.beforeStop, newHooks.beforeStop) { FieldText.of($0.map(FieldText.of)) }
    compare("labels", old.labels, new.labels, isHidden: isSensitive) { $0 }
    compare("annotations", old.annotations, new.annotations, isHidden: isSensitive) { $0 }
  }

  private mutating func compareHealth(_ old: Healthcheck?, _ new: Healthcheck?) {
    guard old != new else { return }
    guard let old, let new else {
      func shown(_ check: Healthcheck?) -> Shown? { check.map { .text(FieldText.of($0.test ?? ["the image's"])) } }
      return add("healthcheck", shown(old), shown(new))
    }
    compare("healthcheck.test", old.test, new.test, FieldText.of)
    compare("healthcheck.interval", old.interval, new.interval, FieldText.of)
    compare("healthcheck.timeout", old.timeout, new.timeout, FieldText.of)
    compare("healthcheck.start_period", old.startPeriod, new.startPeriod, FieldText.of)
    compare("healthcheck.start_interval", old.startInterval, new.startInterval, FieldText.of)
    compare("healthcheck.retries", old.retries, new.retries) { "\($0)" }
  }

  fileprivate mutating func compareNetwork(_ old: ContainerOptions, _ new: ContainerOptions) {
    compare("hostname", old.hostname, new.hostname) { $0 }
    compare("domainname", old.domainname, new.domainname) { $0 }
    switch (old.network, new.network) {
    case (.bridges(let old), .bridges(let new)): compare("networks", old, new, key: \.network.rawValue, FieldText.of)
    default: compare("network_mode", old.network, new.network, FieldText.of)
    }
    compare("ports", old.ports, new.ports) { FieldText.of($0.map(FieldText.of)) }
    compare("expose", old.exposedPorts, new.exposedPorts, FieldText.of)
    compare("dns", old.dns, new.dns, FieldText.of)
    compare("dns_search", old.dnsSearch, new.dnsSearch, FieldText.of)
    compare("dns_opt", old.dnsOptions, new.dnsOptions, FieldText.of)
    compare("extra_hosts", old.extraHosts, new.extraHosts) { FieldText.of($0.map { "\($0.name)=\($0.address)" }) }
    compare("external_links", old.externalLinks ?? [], new.externalLinks ?? []) { FieldText.of($0.map { "\($0.container):\($0.alias)" }) }
    compare("links", old.links, new.links) { FieldText.of($0.map { "\($0.service):\($0.alias)" }) }
  }

  fileprivate mutating func compareStorage(_ old: ContainerOptions, _ new: ContainerOptions) {
    compare("volumes", old.mounts.map(\.withoutContent), new.mounts.map(\.withoutContent), key: \.target, FieldText.of)
    for mount in new.mounts {
      guard let before = old.mounts.first(where: { $0.target == mount.target }), before.withoutContent == mount.withoutContent else {
        continue
      }
      if before.fingerprint != mount.fingerprint { add("volumes.\(mount.target)", .hidden, .hidden) }
    }
    compare("secrets", old.secrets, new.secrets)
    compare("configs", old.configs, new.configs)
    compare("x-muster.on_secret_change", old.onSecretChange, new.onSecretChange, \.text)
    compare("x-muster.on_unhealthy", old.onUnhealthy, new.onUnhealthy, \.text)
    compare("x-muster.update", old.imageUpdates, new.imageUpdates) { "\($0.policy.rawValue) every \(FieldText.of($0.interval))" }
    compare("read_only", old.isReadOnly, new.isReadOnly, FieldText.of)
    compare("volumes_from", old.volumesFrom, new.volumesFrom) { FieldText.of($0.map(FieldText.of)) }
    compare("storage_opt.size", old.rootSize, new.rootSize, FieldText.of)
    compare("shm_size", old.shmSize, new.shmSize, FieldText.of)
  }

  fileprivate mutating func compareResources(_ old: ContainerOptions, _ new: ContainerOptions) {
    compare("cpus", old.resources.nanocores, new.resources.nanocores) { "\(Double($0) / 1e9)" }
    compare("cpu_quota", old.resources.cpuQuota, new.resources.cpuQuota) { "\($0)" }
    compare("cpu_period", old.resources.cpuPeriod, new.resources.cpuPeriod) { "\($0)" }
    compare("cpu_rt_runtime", old.resources.realtimeRuntime, new.resources.realtimeRuntime) { "\($0)us" }
    compare("cpu_rt_period", old.resources.realtimePeriod, new.resources.realtimePeriod) { "\($0)us" }
    compare("deploy.resources.reservations.cpus", old.resources.reservedNanocores, new.resources.reservedNanocores) {
      "\(Double($0) / 1e9)"
    }
    compare("cpu_shares", old.resources.cpuShares, new.resources.cpuShares) { "\($0)" }
    compare("cpuset", old.resources.cpuset, new.resources.cpuset) { $0 }
    compare("mem_limit", old.resources.memory, new.resources.memory, FieldText.of)
    compare("mem_reservation", old.resources.memoryReservation, new.resources.memoryReservation, FieldText.of)
    compare("memswap_limit", old.resources.memorySwap, new.resources.memorySwap, FieldText.of)
    compare("mem_swappiness", old.resources.swappiness, new.resources.swappiness) { "\($0)" }
    compare("oom_kill_disable", old.resources.disablesOOMKiller, new.resources.disablesOOMKiller, FieldText.of)
    compareBlockIO(old.resources.blockIO, new.resources.blockIO)
    compare("pids_limit", old.resources.pids, new.resources.pids) { "\($0)" }
    compare("ulimits", old.ulimits, new.ulimits, FieldText.of)
    compare("sysctls", old.sysctls, new.sysctls) { $0 }
    compare("logging.driver", old.logging.driver, new.logging.driver, \.rawValue)
    compare("logging.options.max-size", old.logging.maxSize, new.logging.maxSize) { $0 == 0 ? "-1" : FieldText.of($0) }
    compare("logging.options.max-file", old.logging.maxFiles, new.logging.maxFiles) { "\($0)" }
    compare("logging.options", old.logging.furtherOptions ?? [:], new.logging.furtherOptions ?? [:]) { $0 }
  }

  fileprivate mutating func compareConfinement(_ old: ContainerOptions, _ new: ContainerOptions) {
    compare("cap_add", old.capAdd, new.capAdd, FieldText.of)
    compare("cap_drop", old.capDrop, new.capDrop, FieldText.of)
    compare("privileged", old.isPrivileged, new.isPrivileged, FieldText.of)
    compare("security_opt.no-new-privileges", old.noNewPrivileges, new.noNewPrivileges, FieldText.of)
    compare("security_opt.seccomp", old.seccomp, new.seccomp, FieldText.of)
    compare("security_opt.systempaths", old.unmasksPaths, new.unmasksPaths) { $0 ? "unconfined" : "hidden" }
    compare("security_opt.apparmor", old.appArmor, new.appArmor) { $0 }
    compare("device_cgroup_rules", old.deviceRules, new.deviceRules) { FieldText.of($0.map(FieldText.of)) }
    compare("devices", old.devices, new.devices) { FieldText.of($0.map(FieldText.of)) }
    compare("oom_score_adj", old.oomScoreAdjust, new.oomScoreAdjust) { "\($0)" }
    compare("pid", old.pidText, new.pidText) { $0 }
    compare("ipc", old.ipcText, new.ipcText) { $0 }
    compare("cgroup", old.usesHostCgroup, new.usesHostCgroup) { $0 ? "host" : "private" }
    compare("userns_mode", old.users.text, new.users.text) { $0 }
    compare("uts", old.usesHostUTS, new.usesHostUTS) { $0 ? "host" : "private" }
  }
}

extension UserMode? {
  /// As the engine's setting says it.
  fileprivate var text: String {
    switch self {
    case nil, .host: "host"
    case .remapped(let mapping): "remapped to \(mapping)"
    }
  }
}

extension Mount {
  /// Without saying what is in the file.
  fileprivate var withoutContent: Mount {
    var copy = self
    copy.fingerprint = nil
    return copy
  }
}
