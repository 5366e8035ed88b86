import LinuxKit
import OCI
import StackModel

/// The service's `ulimits` and `oom_score_adj` as far as this engine can give them, and what it cannot, in words for the user.
///
/// Only CAP_SYS_RESOURCE raises a hard limit or lowers the score. Docker's daemon has it nearly always, so that stacks count on it; an engine that was
/// started without it goes on with what it may and says so.
struct WithinReach {
  var limits: [RuntimeSpec.Rlimit]
  var oomScore: Int?
  var warnings: [String] = []

  init(_ options: ContainerOptions, host: HostFacts) throws(SetupError) {
    limits = try resourceLimitEntries(options.ulimits)
    oomScore = options.oomScoreAdjust
    if host.capabilities.isSuperset(of: CapabilitySet(names: ["CAP_SYS_RESOURCE"])) { return }
    for index in limits.indices {
      let limit = limits[index]
      guard let number = resourceNumber(limit.type) else { continue }
      let most = host.hardLimit(number)
      guard limit.hard > most else { continue }
      limits[index].hard = most
      limits[index].soft = min(limit.soft, most)
      let name = limit.type.replacing("RLIMIT_", with: "").lowercased()
      warnings.append("ulimits.\(name): the engine may give no more than \(most), as it has no CAP_SYS_RESOURCE; it is that")
    }
    if let score = oomScore, score < host.oomScore {
      oomScore = host.oomScore
      warnings.append("oom_score_adj: the engine may give no less than \(host.oomScore), as it has no CAP_SYS_RESOURCE; it is that")
    }
  }
}
