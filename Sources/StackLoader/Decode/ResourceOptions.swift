import Diagnostics
import StackModel

extension ServiceDecoder {
  func decodeResources(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    options.resources = resources()
    options.ulimits = ulimits(fields)
    options.sysctls = fields.pairs("sysctls")
    options.logging = decodeLogging(&requests)
    options.oomScoreAdjust = fields.integer("oom_score_adj", in: -1000...1000).map(Int.init)
  }

  private func resources() -> Resources {
    let deploy = fields.child("deploy")?.child("resources")
    let limits = deploy?.child("limits")
    var resources = Resources()
    resources.nanocores = agreed("cpus", fields.nanocores("cpus"), limits?.nanocores("cpus"))
    if resources.nanocores == 0 { resources.nanocores = nil }
    decodeQuota(into: &resources)
    decodeRealtime(into: &resources)
    resources.cpuShares = fields.integer("cpu_shares")
    resources.cpuset = fields.text("cpuset")
    resources.memory = agreed("mem_limit", fields.bytes("mem_limit"), limits?.bytes("memory"))
    if resources.memory == 0 { resources.memory = nil }
    resources.memoryReservation = agreed("mem_reservation", fields.bytes("mem_reservation"), deploy?.child("reservations")?.bytes("memory"))
    resources.reservedNanocores = deploy?.child("reservations")?.nanocores("cpus").flatMap { $0 > 0 ? $0 : nil }
    resources.swappiness = fields.integer("mem_swappiness", in: -1...100).flatMap { $0 < 0 ? nil : Int($0) }
    resources.disablesOOMKiller = fields.bool("oom_kill_disable").flatMap { $0 ? true : nil }
    resources.blockIO = blockIO()
    if fields.node["memswap_limit"]?.text == "-1" {
      resources.memorySwap = -1
    } else {
      resources.memorySwap = fields.bytes("memswap_limit")
      if resources.memorySwap == 0 { resources.memorySwap = nil }
    }
    if let swap = resources.memorySwap, swap.bytes > 0, let memory = resources.memory, swap < memory {
      report.error(
        .conflict, fields.place("memswap_limit"),
        "\(subject): memswap_limit, memory and swap together, is less than the memory alone",
        hint: "make it at least \(memory.bytes)")
    }
    if let swap = resources.memorySwap, swap.bytes > 0, resources.memory == nil {
      report.error(
        .conflict, fields.place("memswap_limit"), "\(subject): memswap_limit, memory and swap together, without a limit of memory",
        hint: "add mem_limit")
    }
    if let reserved = resources.memoryReservation, let memory = resources.memory, reserved > memory {
      report.error(
        .conflict, node["mem_reservation"] != nil ? fields.place("mem_reservation") : deploy?.place("reservations"),
        "\(subject) reserves more memory than its limit allows", hint: "reserve at most \(memory.bytes)")
    }
    let pids = agreed("pids_limit", fields.integer("pids_limit", in: -1...Int64.max), limits?.integer("pids", in: -1...Int64.max))
    resources.pids = pids.flatMap { $0 > 0 ? $0 : nil }
    if let memory = resources.memory, memory.bytes < 6_291_456 {
      report.error(
        .invalidValue, node["mem_limit"] != nil ? fields.place("mem_limit") : limits?.place("memory"),
        "\(subject): a memory limit of \(memory.bytes) bytes is too little to start a container", hint: "6m is the least")
    }
    return resources
  }

  /// The two places that a limit may be written in must not contradict each other.
  private func agreed<T: Equatable>(_ key: String, _ own: T?, _ deployed: T?) -> T? {
    if let own, let deployed, own != deployed {
      report.error(
        .conflict, fields.place(key), "\(subject): \(key) and deploy.resources say different things", hint: "keep one of them")
    }
    return own ?? deployed
  }

  func ulimits(_ fields: Fields) -> [String: Ulimit] {
    var ulimits: [String: Ulimit] = [:]
    guard let limits = fields.child("ulimits"), let mapping = limits.node.mapping else { return ulimits }
    let names: Set<String> = [
      "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime",
      "sigpending", "stack",
    ]
    for entry in mapping.entries {
      guard names.contains(entry.key) else {
        report.error(
          .invalidValue, entry.keyPlace, "\(fields.subject): there is no ulimit \"\(entry.key)\"",
          hint: report.suggestion(for: entry.key, among: names) ?? "as nofile, nproc, memlock")
        continue
      }
      let inner = fields.inner("ulimits.\(entry.key)", entry.value)
      if entry.value.mapping != nil {
        guard let soft = inner.integer("soft", in: -1...Int64.max), let hard = inner.integer("hard", in: -1...Int64.max) else {
          if !report.hasErrors { report.error(.invalidValue, entry.value.place, "\(inner.subject) needs soft and hard") }
          continue
        }
        if hard != -1, soft > hard || soft == -1 {
          report.error(.invalidValue, entry.value.place, "\(inner.subject): the soft limit is above the hard one")
        }
        ulimits[entry.key] = Ulimit(soft: soft, hard: hard)
      } else if let value = limits.integer(entry.key, in: -1...Int64.max) {
        ulimits[entry.key] = Ulimit(soft: value, hard: value)
      }
    }
    return ulimits
  }
}
