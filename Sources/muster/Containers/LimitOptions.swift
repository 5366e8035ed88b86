import ArgumentParser
import Diagnostics
import StackModel

/// Limits of `run`, `create` and `update`.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Weight of disks, from 10 to 1000.", valueName: "weight")) var blkioWeight: Int?
  @Option(help: ArgumentHelp("Microseconds of a period.", valueName: "number")) var cpuPeriod: Int64?
  @Option(help: ArgumentHelp("Microseconds out of each period.", valueName: "number")) var cpuQuota: Int64?
  @Option(help: ArgumentHelp("Microseconds.", valueName: "number")) var cpuRtPeriod: Int64?
  @Option(help: ArgumentHelp("Microseconds.", valueName: "number")) var cpuRtRuntime: Int64?
  @Option(name: [.customShort("c"), .long], help: ArgumentHelp("Relative weight.", valueName: "number")) var cpuShares: Int64?
  @Option(help: ArgumentHelp("How many processors.", valueName: "number")) var cpus: String?
  @Option(help: ArgumentHelp("Which processors.", valueName: "list")) var cpusetCpus: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Of memory.", valueName: "bytes")) var memory: String?
  @Option(help: ArgumentHelp("That it may count on.", valueName: "bytes")) var memoryReservation: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Memory and swap together; -1 is unlimited swap.", valueName: "bytes"))
  var memorySwap: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Processes and threads; -1 is unlimited.", valueName: "number")) var pidsLimit: Int64?

  func resources() throws -> Resources {
    var found = Resources()
    if let cpus {
      guard let number = Double(cpus), number >= 0, number < 1e6 else {
        throw Exit(1, "--cpus \(visible(cpus)): write a number, such as 1.5")
      }
      found.nanocores = Int64((number * 1e9).rounded())
    }
    (found.cpuPeriod, found.cpuQuota, found.cpuShares, found.cpuset) = (cpuPeriod, cpuQuota, cpuShares, cpusetCpus)
    (found.realtimePeriod, found.realtimeRuntime) = (cpuRtPeriod, cpuRtRuntime)
    found.memory = try memory.map { try byteCount($0, "--memory") }
    found.memoryReservation = try memoryReservation.map { try byteCount($0, "--memory-reservation") }
    found.memorySwap = try memorySwap.map { $0 == "-1" ? ByteCount(-1) : try byteCount($0, "--memory-swap") }
    found.pids = pidsLimit
    if let blkioWeight {
      var blocks = BlockIO()
      blocks.weight = blkioWeight
      found.blockIO = blocks
    }
    return found
  }
}

extension Resources {
  /// With what of the others has flags elsewhere.
  func adding(_ others: Resources) -> Resources {
    var sum = self
    (sum.swappiness, sum.disablesOOMKiller) = (others.swappiness, others.disablesOOMKiller)
    if var blocks = others.blockIO {
      blocks.weight = blockIO?.weight
      sum.blockIO = blocks
    }
    return sum
  }
}

/// `512m`, `1g`, `1024`: in powers of 1024, as Docker reads them.
func byteCount(_ text: String, _ flag: String) throws -> ByteCount {
  let lower = text.lowercased()
  let digits = lower.prefix { $0.isNumber || $0 == "." }
  var unit = String(lower.dropFirst(digits.count))
  if unit.hasSuffix("ib") {
    unit = String(unit.dropLast(2))
  } else if unit.count == 2, unit.hasSuffix("b") {
    unit = String(unit.dropLast())
  }
  let scales: [String: Double] = ["": 1, "b": 1, "k": 1024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776]
  guard let number = Double(digits), let scale = scales[unit], number * scale < 9e18 else {
    throw Exit(1, "\(flag) \(visible(text)): write a size, such as 512m")
  }
  return ByteCount(Int64(number * scale))
}

/// `no`, `always`, `unless-stopped`, `on-failure[:N]`.
func restartPolicy(_ text: String) throws -> RestartPolicy {
  switch text {
  case "no", "": return .no
  case "always": return .always
  case "unless-stopped": return .unlessStopped
  case "on-failure": return .onFailure(maximum: nil)
  default:
    guard text.hasPrefix("on-failure:"), let maximum = Int(text.dropFirst("on-failure:".count)), maximum >= 0 else {
      throw Exit(
        1, "invalid restart policy: unknown policy '\(visible(text))'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'")
    }
    return .onFailure(maximum: maximum)
  }
}
