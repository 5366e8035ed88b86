import StackModel

extension ServiceDecoder {
  func cpuRequests() -> CPURequests? {
    var cpu = CPURequests()
    cpu.count = fields.integer("cpu_count", in: 0...1_000_000).map(Int.init)
    cpu.percent = fields.number("cpu_percent", in: 0...100)
    return cpu == CPURequests() ? nil : cpu
  }

  /// `storage_opt`: `size`, and nothing else.
  func decodeStorageOptions(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    guard let written = fields.options("storage_opt"), let mapping = node["storage_opt"]?.mapping else { return }
    var others: [String: String] = [:]
    for entry in mapping.entries {
      if entry.key == "size", let text = entry.value.text {
        guard let bytes = Values.bytes(text), bytes >= 0 else {
          let _: Never? = fields.invalid("storage_opt.size", entry.value, "is not a size", hint: "write it as 512m or 2g")
          continue
        }
        // As Docker: 0 is without limit.
        options.rootSize = bytes == 0 ? nil : ByteCount(bytes)
      } else {
        fields.refuse("storage_opt.\(entry.key)", entry.value, hint: "there is size")
        others[entry.key] = written[entry.key]
      }
    }
    if !others.isEmpty { requests.storageOptions = others }
  }
}
