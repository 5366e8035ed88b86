import LinuxKit

/// The io controller of version 2.
struct UnifiedBlock: Controller {
  let limits: Set<Limit> = [.block]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    let block = limits.block
    if block.hasWeights, let (file, scale) = Self.weights(in: directory) {
      if let weight = block.weight { try directory.write("default \(scale(weight))", to: file) }
      for entry in block.deviceWeights { try directory.write("\(entry.major):\(entry.minor) \(scale(entry.value))", to: file) }
    }
    for measure in BlockLimits.Measure.allCases {
      for entry in block.limits[measure] ?? [] {
        try directory.write("\(entry.major):\(entry.minor) \(measure.unifiedKey)=\(entry.value)", to: "io.max")
      }
    }
  }

  func discarded(_ limits: ResourceLimits, in directory: GroupDirectory) -> [String] {
    limits.block.hasWeights && Self.weights(in: directory) == nil ? ["the weight of block devices"] : []
  }

  /// BFQ's file takes 1 to 1000 as they are; the cost model's 1 to 10000 (runc's conversion).
  private static func weights(in directory: GroupDirectory) -> (file: String, scale: @Sendable (UInt64) -> UInt64)? {
    if directory.exists("io.bfq.weight") { return ("io.bfq.weight", { $0 }) }
    if directory.exists("io.weight") { return ("io.weight", { 1 + (min(max($0, 10), 1000) - 10) * 9999 / 990 }) }
    return nil
  }
}

extension BlockLimits.Measure {
  fileprivate var unifiedKey: String {
    switch self {
    case .readBytes: "rbps"
    case .writeBytes: "wbps"
    case .readOperations: "riops"
    case .writeOperations: "wiops"
    }
  }
}
