import StackModel

extension ServiceDecoder {
  func decodeResources(into options: inout ContainerOptions) {
    options.resources = resources()
    options.ulimits = ulimits()
    options.sysctls = fields.pairs("sysctls")
    options.logging = logging()
    options.oomScoreAdjust = fields.integer("oom_score_adj", in: -1000...1000).map(Int.init)
  }

  private func resources() -> Resources {
    let deploy = fields.child("deploy")?.child("resources")
    let limits = deploy?.child("limits")
    var resources = Resources()
    resources.nanocores = agreed("cpus", fields.nanocores("cpus"), limits?.nanocores("cpus")) ?? quota()
    if resources.nanocores == 0 { resources.nanocores = nil }
    resources.cpuShares = fields.integer("cpu_shares")
    resources.cpuset = fields.text("cpuset")
    resources.memory = agreed("mem_limit", fields.bytes("mem_limit"), limits?.bytes("memory"))
    if resources.memory == 0 { resources.memory = nil }
    resources.memoryReservation = agreed("mem_reservation", fields.bytes("mem_reservation"), deploy?.child("reservations")?.bytes("memory"))
    if fields.node["memswap_limit"]?.text == "-1" {
      resources.memorySwap = -1
    } else {
      resources.memorySwap = fields.bytes("memswap_limit")
      if resources.memorySwap == 0 { resources.memorySwap = nil }
    }
    if let swap = resources.memorySwap, swap.bytes > 0, let memory = resources.memory, swap < memory {
      report.error(
        .conflict, fields.place("memswap_limit"),
        "service \"\(name)\": memswap_limit, memory and swap together, is less than the memory alone",
        hint: "make it at least \(memory.bytes)")
    }
    if let swap = resources.memorySwap, swap.bytes > 0, resources.memory == nil {
      report.error(
        .conflict, fields.place("memswap_limit"), "service \"\(name)\": memswap_limit, memory and swap together, without a limit of memory",
        hint: "add mem_limit")
    }
    if let reserved = resources.memoryReservation, let memory = resources.memory, reserved > memory {
      report.error(
        .conflict, node["mem_reservation"] != nil ? fields.place("mem_reservation") : deploy?.place("reservations"),
        "service \"\(name)\" reserves more memory than its limit allows", hint: "reserve at most \(memory.bytes)")
    }
    let pids = agreed("pids_limit", fields.integer("pids_limit", in: -1...Int64.max), limits?.integer("pids", in: -1...Int64.max))
    resources.pids = pids.flatMap { $0 > 0 ? $0 : nil }
    if let memory = resources.memory, memory.bytes < 6_291_456 {
      report.error(
        .invalidValue, node["mem_limit"] != nil ? fields.place("mem_limit") : limits?.place("memory"),
        "service \"\(name)\": a memory limit of \(memory.bytes) bytes is too little to start a container", hint: "6m is the least")
    }
    return resources
  }

  /// `cpu_quota` microseconds in each `cpu_period` (100 ms).
  private func quota() -> Int64? {
    let period = fields.integer("cpu_period", in: 0...1_000_000).flatMap { $0 == 0 ? nil : $0 } ?? 100_000
    guard let quota = fields.integer("cpu_quota", in: -1...1_000_000_000_000), quota > 0 else { return nil }
    return Int64((Double(quota) / Double(period) * 1e9).rounded())
  }

  /// The two places that a limit may be written in must not contradict each other.
  private func agreed<T: Equatable>(_ key: String, _ own: T?, _ deployed: T?) -> T? {
    if let own, let deployed, own != deployed {
      report.error(
        .conflict, fields.place(key), "service \"\(name)\": \(key) and deploy.resources say different things", hint: "keep one of them")
    }
    return own ?? deployed
  }

  private func ulimits() -> [String: Ulimit] {
    var ulimits: [String: Ulimit] = [:]
    guard let mapping = fields.child("ulimits")?.node.mapping else { return ulimits }
    let names: Set<String> = [
      "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime",
      "sigpending", "stack",
    ]
    for entry in mapping.entries {
      guard names.contains(entry.key) else {
        report.error(
          .invalidValue, entry.keyPlace, "service \"\(name)\": there is no ulimit \"\(entry.key)\"", hint: "as nofile, nproc, memlock")
        continue
      }
      let inner = Fields(node: entry.value, subject: "\(fields.subject), ulimits.\(entry.key)", report: report)
      if entry.value.mapping != nil {
        guard let soft = inner.integer("soft", in: -1...Int64.max), let hard = inner.integer("hard", in: -1...Int64.max) else {
          if !report.hasErrors { report.error(.invalidValue, entry.value.place, "\(inner.subject) needs soft and hard") }
          continue
        }
        if hard != -1, soft > hard || soft == -1 {
          report.error(.invalidValue, entry.value.place, "\(inner.subject): the soft limit is above the hard one")
        }
        ulimits[entry.key] = Ulimit(soft: soft, hard: hard)
      } else if let value = fields.child("ulimits")?.integer(entry.key, in: -1...Int64.max) {
        ulimits[entry.key] = Ulimit(soft: value, hard: value)
      }
    }
    return ulimits
  }

  private func logging() -> Logging {
    var logging = Logging()
    guard let written = fields.child("logging") else { return logging }
    if let text = written.text("driver"), !text.isEmpty {
      if let driver = Logging.Driver(rawValue: text) {
        logging.driver = driver
      } else if let value = written.node["driver"] {
        written.refuse("driver", value, hint: "there are json-file, local and none")
      }
    }
    guard let options = written.child("options"), let mapping = options.node.mapping else { return logging }
    for entry in mapping.entries {
      switch entry.key {
      case "max-size": if entry.value.text != "-1", let size = options.bytes("max-size"), size.bytes > 0 { logging.maxSize = size }
      case "max-file": if let count = options.integer("max-file", in: 1...10_000) { logging.maxFiles = Int(count) }
      default:
        report.warning(
          .withoutEffect, entry.keyPlace, "\(written.subject): the option \"\(entry.key)\" has no effect",
          hint: "there are max-size and max-file")
      }
    }
    return logging
  }
}
