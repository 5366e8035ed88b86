import LinuxKit

/// The blkio controller of version 1 (cgroup-v1/blkio-controller.rst).
struct LegacyBlock: Controller {
  let limits: Set<Limit> = [.block]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    let block = limits.block
    if let weight = block.weight, let file = Self.file("weight", in: directory) { try directory.write(String(weight), to: file) }
    if let file = Self.file("weight_device", in: directory) {
      for entry in block.deviceWeights { try directory.write("\(entry.major):\(entry.minor) \(entry.value)", to: file) }
    }
    // One device at a time: the file takes one line.
    for measure in BlockLimits.Measure.allCases {
      for entry in block.limits[measure] ?? [] {
        try directory.write("\(entry.major):\(entry.minor) \(entry.value)", to: measure.legacyFile)
      }
    }
  }

  func discarded(_ limits: ResourceLimits, in directory: GroupDirectory) -> [String] {
    var words: [String] = []
    if limits.block.weight != nil, Self.file("weight", in: directory) == nil { words.append("the weight of block devices") }
    if !limits.block.deviceWeights.isEmpty, Self.file("weight_device", in: directory) == nil {
      words.append("the weights of single block devices")
    }
    return words
  }

  /// Under CFQ's name, or BFQ's, which came after it.
  private static func file(_ name: String, in directory: GroupDirectory) -> String? {
    ["blkio." + name, "blkio.bfq." + name].first(where: directory.exists)
  }
}

extension BlockLimits.Measure {
  fileprivate var legacyFile: String {
    switch self {
    case .readBytes: "blkio.throttle.read_bps_device"
    case .writeBytes: "blkio.throttle.write_bps_device"
    case .readOperations: "blkio.throttle.read_iops_device"
    case .writeOperations: "blkio.throttle.write_iops_device"
    }
  }
}
