/// The known name that a mistyped one most likely means, or nil when none is close.
///
/// Close is at most one edit for short names and a third of the length for longer ones; an edit is inserting, removing
/// or changing a letter, or swapping two neighbours (Damerau-Levenshtein). Case, `-` and `_` count for less than letters.
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  let wanted = folded(name)
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in known.sorted() where candidate != name {
    let other = folded(candidate)
    let allowed = max(1, max(wanted.count, other.count) / 3)
    guard abs(other.count - wanted.count) <= allowed else { continue }
    let distance = editDistance(wanted, other)
    if distance <= allowed, distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.name
}

private func folded(_ name: String) -> [UInt8] {
  name.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
}

/// The edits between two names, a swap of neighbours counting as one (optimal string alignment).
package func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  var beforeLast = [Int](repeating: 0, count: second.count + 1)
  var last = Array(0...second.count)
  for row in 0..<first.count {
    var current = [row + 1]
    for column in 0..<second.count {
      let change = last[column] + (first[row] == second[column] ? 0 : 1)
      var least = min(last[column + 1] + 1, current[column] + 1, change)
      if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
        least = min(least, beforeLast[column - 1] + 1)
      }
      current.append(least)
    }
    beforeLast = last
    last = current
  }
  return last[second.count]
}
