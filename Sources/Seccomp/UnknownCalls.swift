import CSeccomp
import Glibc

/// Offsets in `struct seccomp_data`.
private let callOffset: UInt32 = 0
private let architectureOffset: UInt32 = 4
/// Calls of the x32 ABI have this bit in their number.
private let x32Bit: UInt32 = 0x4000_0000

/// Instructions before the filter: a number without a name, or above all that the profile names, is answered with ENOSYS, the rest falls through to the
/// filter. So do the architectures that the profile leaves out.
func unknownCallPrologue(_ profile: Profile) -> [Instruction] {
  var program: [Instruction] = [.load(architectureOffset)]
  #if arch(x86_64)
    let (native, x32, x86) = (checks(.native, profile), checks(.x32, profile), checks(.x86, profile))
    // Each part ends in the answer or skips what is left of the prologue.
    let otherArchitecture: [Instruction] =
      x86.isEmpty ? [] : [.ifEqual(Architecture.x86.token, skip: 0, otherwise: UInt8(x86.count + 1)), .load(callOffset)] + x86
    let ours: [Instruction] =
      [.load(callOffset), .ifNotLess(x32Bit, skip: UInt8(native.count + 1), otherwise: 0)]
      + native + [.skip(UInt32(x32.count + 1 + otherArchitecture.count))]
      + x32 + [.skip(UInt32(otherArchitecture.count))]
    program.append(.ifEqual(Architecture.native.token, skip: 0, otherwise: UInt8(ours.count)))
    program += ours + otherArchitecture
  #elseif arch(arm64)
    for architecture in Architecture.allCases {
      let checks = checks(architecture, profile)
      if checks.isEmpty { continue }
      program += [
        .load(architectureOffset), .ifEqual(architecture.token, skip: 0, otherwise: UInt8(checks.count + 1)), .load(callOffset),
      ]
      program += checks
    }
  #endif
  return program
}

/// With the number in the accumulator: answers those that are unknown, lets the others through. None for an architecture that the profile leaves out.
private func checks(_ architecture: Architecture, _ profile: Profile) -> [Instruction] {
  guard profile.architectures.contains(architecture) else { return [] }
  let answer = Instruction.answer(refusal(ENOSYS))
  let last = profile.rules.compactMap { architecture.number(of: $0.call) }.max() ?? 0
  let gaps = architecture.gaps(before: last).flatMap { gap -> [Instruction] in
    [.ifNotLess(gap.lowerBound, skip: 0, otherwise: 2), .ifGreater(gap.upperBound, skip: 1, otherwise: 0), answer]
  }
  return gaps + [.ifGreater(last, skip: 0, otherwise: 1), answer]
}

extension Architecture {
  /// Where many numbers in a row have no call: single ones are as well left to the filter, which would have to look at each of them.
  func gaps(before last: UInt32) -> [ClosedRange<UInt32>] {
    #if arch(x86_64)
      let base = self == .x32 ? x32Bit : 0
    #else
      let base: UInt32 = 0
    #endif
    var gaps: [ClosedRange<UInt32>] = []
    var start: UInt32?
    for number in base...max(base, last) {
      let name = seccomp_syscall_resolve_num_arch(token, Int32(bitPattern: number))
      if name == nil {
        start = start ?? number
      } else if let first = start {
        if number - first >= 8 { gaps.append(first...(number - 1)) }
        start = nil
      }
      free(name)
    }
    return gaps
  }
}
