import Glibc

/// Offsets in `struct seccomp_data`.
private let callOffset: UInt32 = 0
private let architectureOffset: UInt32 = 4
/// Calls of the x32 ABI have this bit in their number.
private let x32Bit: UInt32 = 0x4000_0000

/// Instructions before the filter: a number above all that the profile names is answered with ENOSYS, the rest falls through to the filter.
func unknownCallPrologue(_ profile: Profile) -> [Instruction] {
  let answer = Instruction.answer(refusal(ENOSYS))
  var program: [Instruction] = [.load(architectureOffset)]
  #if arch(x86_64)
    let limits = (last(.native, profile), last(.x86, profile), last(.x32, profile))
    // Each block ends in the answer or skips what is left of the prologue.
    let native: [Instruction] = [
      .load(callOffset),
      .ifNotLess(x32Bit, skip: 2, otherwise: 0),
      .ifGreater(limits.0, skip: 2, otherwise: 0),
      .skip(7),
      .ifGreater(limits.2, skip: 0, otherwise: 1),
      answer,
      .skip(4),
    ]
    program.append(.ifEqual(Architecture.native.token, skip: 0, otherwise: UInt8(native.count)))
    program += native
    program += [.ifEqual(Architecture.x86.token, skip: 0, otherwise: 3), .load(callOffset)]
    program += [.ifGreater(limits.1, skip: 0, otherwise: 1), answer]
  #elseif arch(arm64)
    for architecture in Architecture.allCases {
      program += [.load(architectureOffset), .ifEqual(architecture.token, skip: 0, otherwise: 3), .load(callOffset)]
      program += [.ifGreater(last(architecture, profile), skip: 0, otherwise: 1), answer]
    }
  #endif
  return program
}

/// The highest number of a call that the profile has a rule for. An architecture that it leaves out is the filter's to answer.
private func last(_ architecture: Architecture, _ profile: Profile) -> UInt32 {
  guard profile.architectures.contains(architecture) else { return .max }
  return profile.rules.compactMap { architecture.number(of: $0.call) }.max() ?? 0
}
