import LinuxKit
import OCI
import StackModel

/// Docker's names of resource limits, with the kernel's numbers (asm-generic/resource.h).
private let resourceNumbers: [String: Int32] = [
  "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8, "as": 9, "locks": 10,
  "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
]

/// `ulimits`, in order of name. -1 is without limit.
func resourceLimitEntries(_ ulimits: [String: Ulimit]) throws(SetupError) -> [RuntimeSpec.Rlimit] {
  var entries: [RuntimeSpec.Rlimit] = []
  for (name, limit) in ulimits.sorted(by: { $0.key < $1.key }) {
    guard resourceNumbers[name] != nil else {
      throw SetupError("ulimits: \(name) is not a limit", hint: "known are \(resourceNumbers.keys.sorted().joined(separator: ", "))")
    }
    let soft = try value(limit.soft, name)
    let hard = try value(limit.hard, name)
    if soft > hard { throw SetupError("ulimits.\(name): the soft limit \(limit.soft) is above the hard limit \(limit.hard)") }
    entries.append(RuntimeSpec.Rlimit(type: "RLIMIT_" + name.uppercased(), soft: soft, hard: hard))
  }
  return entries
}

private func value(_ limit: Int64, _ name: String) throws(SetupError) -> UInt64 {
  if limit == -1 { return .max }
  guard let value = UInt64(exactly: limit) else { throw SetupError("ulimits.\(name): \(limit) is below zero", hint: "-1 is without limit") }
  return value
}

/// The kernel's number of `RLIMIT_NOFILE` and its like.
func resourceNumber(_ type: String) -> Int32? { resourceNumbers[type.replacing("RLIMIT_", with: "").lowercased()] }
