/// SHA-256 (FIPS 180-4) of some bytes, for a layer that has no cryptography and needs none: names things, protects nothing.
struct SHA256Sum {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  init(_ message: [UInt8]) {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(truncatingIfNeeded: UInt64(message.count * 8) >> UInt64(56 - 8 * $0)) }
    for start in stride(from: 0, to: padded.count, by: 64) { compress(padded[start..<start + 64]) }
  }

  var bytes: [UInt8] { state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } } }

  private mutating func compress(_ block: ArraySlice<UInt8>) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { at in
      block[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for at in 16..<64 {
      let (early, late) = (words[at - 15], words[at - 2])
      let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
      let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
      words.append(words[at - 16] &+ first &+ words[at - 7] &+ second)
    }
    var now = state
    for at in 0..<64 {
      let (a, b, c, e, f, g) = (now[0], now[1], now[2], now[4], now[5], now[6])
      let choice = e & f ^ ~e & g
      let majority = a & b ^ a & c ^ b & c
      let first = now[7] &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ Self.constants[at] &+ words[at]
      let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
      now = [first &+ second, a, b, c, now[3] &+ first, e, f, g]
    }
    for at in 0..<8 { state[at] &+= now[at] }
  }

  private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = primes.map { prime in
    // The whole part of prime^(1/3)·2^32 by bisection, in integers: floating point has too few bits.
    var (low, high) = (UInt64(0), UInt64(7) << 32)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isCubeAtMost(middle, prime) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }

  private static let primes: [UInt64] = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }.map { UInt64($0) }

  /// Whether (root / 2^32)³ ≤ prime.
  private static func isCubeAtMost(_ root: UInt64, _ prime: UInt64) -> Bool {
    let square = root.multipliedFullWidth(by: root)
    // square = high·2^64 + low; times root, compared with prime·2^96.
    let upper = square.high.multipliedFullWidth(by: root)
    let lower = square.low.multipliedFullWidth(by: root)
    let (middle, carries) = upper.low.addingReportingOverflow(lower.high)
    let top = upper.high + (carries ? 1 : 0)
    let limit = (high: prime >> 32, middle: prime << 32)
    return (top, middle) < (limit.high, limit.middle) || (top, middle, lower.low) == (limit.high, limit.middle, 0)
  }
}
