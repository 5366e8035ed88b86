import LinuxKit
import OCI
import StackModel

/// `blkio_config` with its devices' files looked up; nil when it asks for nothing.
func blockResources(_ block: BlockIO, host: HostFacts) throws(SetupError) -> RuntimeSpec.Resources.BlockIO? {
  var result = RuntimeSpec.Resources.BlockIO()
  result.weight = block.weight.flatMap { UInt16(exactly: $0) }
  if !block.deviceWeights.isEmpty {
    result.weightDevice = try block.deviceWeights.map { (entry) throws(SetupError) in
      let device = try blockDevice(entry.path, key: "weight_device", host: host)
      return .init(major: Int64(device.major), minor: Int64(device.minor), weight: UInt16(clamping: entry.weight))
    }
  }
  func throttles(_ limits: [BlockIO.Limit], _ key: String) throws(SetupError) -> [RuntimeSpec.Resources.BlockIO.Throttle]? {
    // 0 is without limit.
    let limits = limits.filter { $0.rate > 0 }
    if limits.isEmpty { return nil }
    return try limits.map { (entry) throws(SetupError) in
      let device = try blockDevice(entry.path, key: key, host: host)
      return .init(major: Int64(device.major), minor: Int64(device.minor), rate: UInt64(clamping: entry.rate))
    }
  }
  result.throttleReadBpsDevice = try throttles(block.readBytes, "device_read_bps")
  result.throttleWriteBpsDevice = try throttles(block.writeBytes, "device_write_bps")
  result.throttleReadIOPSDevice = try throttles(block.readOperations, "device_read_iops")
  result.throttleWriteIOPSDevice = try throttles(block.writeOperations, "device_write_iops")
  return result == RuntimeSpec.Resources.BlockIO() ? nil : result
}

/// The same for a control group.
func blockLimits(_ block: RuntimeSpec.Resources.BlockIO) -> BlockLimits {
  func entries(_ throttles: [RuntimeSpec.Resources.BlockIO.Throttle]?) -> [BlockLimits.Entry] {
    (throttles ?? []).map { BlockLimits.Entry(major: UInt32(clamping: $0.major), minor: UInt32(clamping: $0.minor), value: $0.rate) }
  }
  return BlockLimits(
    weight: block.weight.map { UInt64($0) },
    deviceWeights: (block.weightDevice ?? []).map {
      BlockLimits.Entry(major: UInt32(clamping: $0.major), minor: UInt32(clamping: $0.minor), value: UInt64($0.weight))
    },
    limits: [
      .readBytes: entries(block.throttleReadBpsDevice), .writeBytes: entries(block.throttleWriteBpsDevice),
      .readOperations: entries(block.throttleReadIOPSDevice), .writeOperations: entries(block.throttleWriteIOPSDevice),
    ])
}

private func blockDevice(_ path: String, key: String, host: HostFacts) throws(SetupError) -> DeviceNode {
  let found: [DeviceNode]
  do { found = try host.deviceLookup(path) } catch { throw SetupError("blkio_config.\(key): \(path): \(error)") }
  guard found.count == 1, let device = found.first, device.isBlock else {
    throw SetupError("blkio_config.\(key): \(path) is not a block device", hint: "name a whole disk, as /dev/sda")
  }
  return device
}
