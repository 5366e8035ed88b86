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

  /// Which number a file has now; nil: none any more. Numbers only grow, so that none that is moved meanwhile is missed.
  func number(of part: LogPart) -> Int? {
    first { part.isItself(at: $0) } ?? (part.isPacked ? nil : first { part.isPacked(at: $0) })
  }

  private func first(where isWanted: (String) -> Bool) -> Int? {
    for number in 0...Self.most {
      if isWanted(name(number)) { return number }
      if number > 0, !exists(number), !exists(number + 1) { return nil }
    }
    return nil
  }
}
