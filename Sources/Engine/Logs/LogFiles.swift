import Glibc

/// The files of one log: `x.log`, and those that were rotated away, `x.log.1` (or `x.log.1.gz`, packed) and so on, the highest number being the oldest.
struct LogFiles: Sendable {
  let path: String
  /// More than the shim ever keeps.
  static let most = 10_000

  /// `x.log` is number 0.
  func name(_ number: Int) -> String { number == 0 ? path : "\(path).\(number)" }

  func exists(_ number: Int) -> Bool {
    let name = name(number)
    return access(name, F_OK) == 0 || access(name + ".gz", F_OK) == 0
  }

  func open(_ number: Int) -> LogPart? {
    // In between it may have been packed.
    LogPart.open(name(number)) ?? LogPart.open(name(number))
  }

  /// The numbers of the files that are there, over the one gap that a rotation under way makes.
  func numbers() -> [Int] {
    var found: [Int] = []
    for number in 0...Self.most {
      if exists(number) {
        found.append(number)
      } else if number > 0, !exists(number + 1) {
        break
      }
    }
    return found
  }

  /// Which number a file has now; nil: none any more. Numbers only grow, so that none that is moved meanwhile is missed; but the end may be taken for
  /// reached when a rotation ends and the next one begins between two looks, so that nothing is believed to be gone at the first time.
  func number(of part: LogPart) -> Int? {
    for _ in 0..<3 {
      if let found = first(where: { part.isItself(at: $0) }) { return found }
      if !part.isPacked, let found = first(where: { part.isPacked(at: $0) }) { return found }
    }
    return nil
  }

  private func first(where isWanted: (String) -> Bool) -> Int? {
    for number in 0...Self.most {
      if isWanted(name(number)) { return number }
      if number > 0, !exists(number), !exists(number + 1) { return nil }
    }
    return nil
  }

  /// The file that is written, or was until a moment ago; nil: there is none.
  func newest() -> LogPart? {
    for attempt in 0..<Self.attempts {
      Self.wait(attempt)
      if let found = open(0) { return found }
      // On the way to its new name, and no other is there yet.
      if !exists(1) { return nil }
    }
    return open(1)
  }

  /// The file that was written before another one; nil: there is none any more.
  func before(_ part: LogPart) -> LogPart? {
    for attempt in 0..<Self.attempts {
      Self.wait(attempt)
      guard let number = number(of: part) else { return nil }
      let found = open(number + 1)
      let isEnd = found == nil && !exists(number + 1) && !exists(number + 2)
      // A rotation in between would have moved it.
      guard part.isAt(name(number)) else { continue }
      if isEnd { return nil }
      if let found { return found }
    }
    return nil
  }

  /// How often something is tried that a rotation under way is in the way of.
  static let attempts = 200

  /// The first attempts follow at once, as a rotation is over in a moment; then its process may have lost the processor, and a while is waited.
  static func wait(_ attempt: Int) {
    if attempt > 50 { usleep(500) }
  }
}
