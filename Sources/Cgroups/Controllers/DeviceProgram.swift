import LinuxKit

/// Device rules as an eBPF program: the last rule that matches decides, and none is a refusal.
///
/// The kernel calls it with `struct bpf_cgroup_dev_ctx` (linux/bpf.h): access << 16 | type, major, minor; 1 allows, 0 refuses.
struct DeviceProgram {
  private(set) var instructions: [UInt64] = []

  private enum Register: UInt8 { case result = 0, context = 1, kind = 2, access = 3, major = 4, minor = 5, scratch = 6 }

  init(_ rules: [DeviceRule]) {
    load(.kind, offset: 0)
    emit(0xbf, .access, .kind)  // access = kind
    emit(0x54, .kind, value: 0xffff)  // kind &= 0xffff
    emit(0x74, .access, value: 16)  // access >>= 16
    load(.major, offset: 4)
    load(.minor, offset: 8)
    // Rules before one for everything cannot decide, and the kernel takes no instruction that is never reached.
    let last = rules.lastIndex { $0.kind == .any && $0.access == .all && $0.major == nil && $0.minor == nil }
    for rule in (last.map { rules[($0 + 1)...] } ?? rules[...]).reversed() { add(rule) }
    answer(last.map { rules[$0].allows } ?? false)
  }

  /// Tests that skip the rule's answer when they do not hold.
  private mutating func add(_ rule: DeviceRule) {
    var tests: [(inout DeviceProgram, Int16) -> Void] = []
    if rule.kind != .any {
      let kind: Int32 = rule.kind == .block ? 1 : 2
      tests.append { $0.emit(0x56, .kind, skip: $1, value: kind) }
    }
    if rule.access != .all {
      // Allowed when it covers all that is asked for, refused when it covers any of it.
      let mask = Int32(rule.access.rawValue)
      tests.append { program, _ in program.emit(0xbf, .scratch, .access) }
      tests.append { program, _ in program.emit(0x54, .scratch, value: mask) }
      if rule.allows {
        tests.append { $0.emit(0x5e, .scratch, .access, skip: $1) }
      } else {
        tests.append { $0.emit(0x16, .scratch, skip: $1, value: 0) }
      }
    }
    if let major = rule.major { tests.append { $0.emit(0x56, .major, skip: $1, value: Int32(bitPattern: major)) } }
    if let minor = rule.minor { tests.append { $0.emit(0x56, .minor, skip: $1, value: Int32(bitPattern: minor)) } }
    for (index, test) in tests.enumerated() { test(&self, Int16(tests.count - index - 1 + 2)) }
    answer(rule.allows)
  }

  private mutating func answer(_ allows: Bool) {
    emit(0xb7, .result, value: allows ? 1 : 0)
    emit(0x95, .result)
  }

  private mutating func load(_ register: Register, offset: Int16) { emit(0x61, register, .context, skip: offset) }

  /// One `struct bpf_insn`: operation, registers, offset, immediate.
  private mutating func emit(_ operation: UInt8, _ to: Register, _ from: Register = .result, skip: Int16 = 0, value: Int32 = 0) {
    instructions.append(
      UInt64(operation) | UInt64(to.rawValue) << 8 | UInt64(from.rawValue) << 12 | UInt64(UInt16(bitPattern: skip)) << 16
        | UInt64(UInt32(bitPattern: value)) << 32)
  }
}
