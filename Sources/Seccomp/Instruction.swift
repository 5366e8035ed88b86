/// One instruction of classic BPF, `struct sock_filter` (linux/filter.h).
struct Instruction: Equatable, Sendable {
  var code: UInt16
  /// Instructions to skip when the comparison holds, and when it does not.
  var whenTrue: UInt8 = 0
  var whenFalse: UInt8 = 0
  var value: UInt32

  /// BPF_LD | BPF_W | BPF_ABS: a word of `struct seccomp_data` into the accumulator.
  static func load(_ offset: UInt32) -> Instruction { Instruction(code: 0x20, value: offset) }
  /// BPF_JMP | BPF_JEQ | BPF_K.
  static func ifEqual(_ value: UInt32, skip: UInt8, otherwise: UInt8) -> Instruction {
    Instruction(code: 0x15, whenTrue: skip, whenFalse: otherwise, value: value)
  }
  /// BPF_JMP | BPF_JGT | BPF_K.
  static func ifGreater(_ value: UInt32, skip: UInt8, otherwise: UInt8) -> Instruction {
    Instruction(code: 0x25, whenTrue: skip, whenFalse: otherwise, value: value)
  }
  /// BPF_JMP | BPF_JGE | BPF_K.
  static func ifNotLess(_ value: UInt32, skip: UInt8, otherwise: UInt8) -> Instruction {
    Instruction(code: 0x35, whenTrue: skip, whenFalse: otherwise, value: value)
  }
  /// BPF_JMP | BPF_JA.
  static func skip(_ count: UInt32) -> Instruction { Instruction(code: 0x05, value: count) }
  /// BPF_RET | BPF_K.
  static func answer(_ value: UInt32) -> Instruction { Instruction(code: 0x06, value: value) }

  var bytes: [UInt8] {
    withUnsafeBytes(of: code) { Array($0) } + [whenTrue, whenFalse] + withUnsafeBytes(of: value) { Array($0) }
  }
}

extension [Instruction] {
  var bytes: [UInt8] { flatMap(\.bytes) }
}
