import Glibc

/// A race that is run for a number of attempts: a short while in `make test`, with `MUSTER_TEST_ESCAPES=full` at least 10,000 attempts and 60 seconds.
struct Race {
  let name: String
  let seed: UInt64
  private(set) var attempts = 0
  /// What got through.
  var successes: [String] = []
  let isFull = getenv("MUSTER_TEST_ESCAPES").map { String(cString: $0) } == "full"
  private let start = ContinuousClock.now
  private var state: UInt64

  /// `MUSTER_TEST_SEED` runs one again.
  init(_ name: String) {
    self.name = name
    seed = getenv("MUSTER_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: 1...999_999_999)
    state = seed
  }

  var goesOn: Bool {
    let elapsed = ContinuousClock.now - start
    return isFull ? attempts < 10_000 || elapsed < .seconds(60) : elapsed < .milliseconds(1500)
  }

  /// So many in the short run, so many in the full one.
  func count(_ short: Int, full: Int) -> Int { isFull ? full : short }

  mutating func tried(_ times: Int = 1) { attempts += times }

  /// The next number below `bound` (SplitMix64).
  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  func tell() {
    let seconds = (ContinuousClock.now - start).components.seconds
    print("escape \(name): \(successes.count) of \(attempts) attempts in \(seconds) s, seed \(seed)")
  }
}
