import StackModel

extension ServiceDecoder {
  /// `blkio_config`; nil when it asks for nothing.
  func blockIO() -> BlockIO? {
    guard let written = fields.child("blkio_config") else { return nil }
    var block = BlockIO()
    block.weight = weight(written)
    block.deviceWeights = written.mappings("weight_device").compactMap { item in
      guard let path = devicePath(item), let weight = weight(item) else { return nil }
      return BlockIO.Weight(path: path, weight: weight)
    }
    block.readBytes = limits("device_read_bps", written) { $0.bytes("rate")?.bytes }
    block.writeBytes = limits("device_write_bps", written) { $0.bytes("rate")?.bytes }
    block.readOperations = limits("device_read_iops", written) { $0.integer("rate") }
    block.writeOperations = limits("device_write_iops", written) { $0.integer("rate") }
    return block == BlockIO() ? nil : block
  }

  /// 0 asks for nothing.
  private func weight(_ written: Fields) -> Int? {
    guard let weight = written.integer("weight", in: 0...1000), weight > 0, let value = written.node["weight"] else { return nil }
    return weight >= 10 ? Int(weight) : written.invalid("weight", value, "must be between 10 and 1000")
  }

  private func limits(_ key: String, _ written: Fields, _ rate: (Fields) -> Int64?) -> [BlockIO.Limit] {
    written.mappings(key).compactMap { item in
      guard let path = devicePath(item), let rate = rate(item) else { return nil }
      return BlockIO.Limit(path: path, rate: rate)
    }
  }

  private func devicePath(_ item: Fields) -> String? {
    guard let path = item.text("path"), path.hasPrefix("/") else {
      return item.invalid("path", item.node["path"] ?? item.node, "is not a device's file", hint: "write it as /dev/sda")
    }
    return path
  }
}
