public import Backend

/// A line of `stats`, under the names that Docker's templates have.
public struct StatisticsRow: Sendable, Codable, Equatable {
  public var BlockIO: String
  public var CPUPerc: String
  public var Container: String
  public var ID: String
  public var MemPerc: String
  public var MemUsage: String
  public var Name: String
  public var NetIO: String
  public var PIDs: String

  public static let headings = [
    "BlockIO": "BLOCK I/O", "CPUPerc": "CPU %", "Container": "CONTAINER", "ID": "CONTAINER ID", "MemPerc": "MEM %",
    "MemUsage": "MEM USAGE / LIMIT", "Name": "NAME", "NetIO": "NET I/O", "PIDs": "PIDS",
  ]

  /// What was used between two samples; nil: dashes, as of one that is gone.
  public init(_ before: ContainerStatistics?, _ now: ContainerStatistics, isTruncated: Bool) {
    ID = isTruncated ? String(now.id.prefix(12)) : now.id
    Container = ID
    Name = String(now.name.drop { $0 == "/" })
    guard let before, now.cpu_stats.online_cpus > 0 else {
      (CPUPerc, MemUsage, MemPerc, NetIO, BlockIO, PIDs) = ("--", "-- / --", "--", "-- / --", "-- / --", "--")
      return
    }
    let used = Double(now.cpu_stats.cpu_usage.total_usage - before.cpu_stats.cpu_usage.total_usage)
    let all = Double(now.cpu_stats.system_cpu_usage - before.cpu_stats.system_cpu_usage)
    CPUPerc = percent(used > 0 && all > 0 ? used / all * Double(now.cpu_stats.online_cpus) : 0)
    let memory = now.memory_stats
    MemUsage = binarySize(memory.usage) + " / " + binarySize(memory.limit)
    MemPerc = percent(memory.limit > 0 ? Double(memory.usage) / Double(memory.limit) : 0)
    NetIO =
      humanSize(now.networks.values.reduce(0) { $0 + $1.rx_bytes }) + " / " + humanSize(now.networks.values.reduce(0) { $0 + $1.tx_bytes })
    let blocks = now.blkio_stats.io_service_bytes_recursive
    func sum(_ operation: String) -> Int64 { blocks.filter { $0.op == operation }.reduce(0) { $0 + $1.value } }
    BlockIO = humanSize(sum("read")) + " / " + humanSize(sum("write"))
    PIDs = "\(now.pids_stats.current)"
  }

  public static func table(_ rows: [StatisticsRow]) -> Table {
    Table(
      ["CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS"],
      rows: rows.map { [$0.ID, $0.Name, $0.CPUPerc, $0.MemUsage, $0.MemPerc, $0.NetIO, $0.BlockIO, $0.PIDs] })
  }
}

/// `12.34%` of a share.
private func percent(_ share: Double) -> String {
  let hundredths = Int64((share * 10_000).rounded())
  let rest = hundredths % 100
  return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
}
