import StackModel

extension ServiceDecoder {
  /// `cpu_quota` microseconds in each `cpu_period`; 0 asks for nothing.
  func decodeQuota(into resources: inout Resources) {
    resources.cpuPeriod = fields.integer("cpu_period", in: 0...1_000_000).flatMap { $0 == 0 ? nil : $0 }
    resources.cpuQuota = fields.integer("cpu_quota", in: -1...1_000_000_000_000).flatMap { $0 > 0 ? $0 : nil }
  }

  /// `cpu_rt_runtime` out of each `cpu_rt_period`.
  func decodeRealtime(into resources: inout Resources) {
    resources.realtimePeriod = microseconds("cpu_rt_period").flatMap { $0 == 0 ? nil : $0 }
    resources.realtimeRuntime = microseconds("cpu_rt_runtime").flatMap { $0 == 0 ? nil : $0 }
    if let period = resources.realtimePeriod, let runtime = resources.realtimeRuntime, runtime > period {
      report.error(
        .conflict, fields.place("cpu_rt_runtime"), "service \"\(name)\": cpu_rt_runtime is more than cpu_rt_period",
        hint: "it is the part of each period that the service may use")
    }
  }

  /// A duration (`400ms`), or a plain number of microseconds.
  private func microseconds(_ key: String) -> Int64? {
    guard let value = node[key], !value.isNull else { return nil }
    if let number = value.text.flatMap({ Int64($0) }) {
      guard (0...1_000_000_000).contains(number) else { return fields.invalid(key, value, "must be between 0 and 1000000000") }
      return number
    }
    return fields.duration(key).map { $0.nanoseconds / 1000 }
  }
}
