import StackModel

extension ServiceDecoder {
  func cpuRequests() -> CPURequests? {
    var cpu = CPURequests()
    cpu.count = fields.integer("cpu_count", in: 0...1_000_000).map(Int.init)
    cpu.percent = fields.number("cpu_percent", in: 0...100)
    return cpu == CPURequests() ? nil : cpu
  }

  /// `storage_opt`; nil when there is none.
  func storageOptions() -> [String: String]? {
    guard let options = fields.options("storage_opt") else { return nil }
    if let size = options["size"], Values.bytes(size) == nil, let value = node["storage_opt"]?["size"] {
      return fields.invalid("storage_opt.size", value, "is not a size", hint: "write it as 512m or 2g")
    }
    return options
  }
}
