/// The order in which Compose's YAML prints the keys of a mapping: numbers by their value (`b9` before `b10`), signs before
/// letters, letters by their code.
func isNaturallyBefore(_ one: String, _ other: String) -> Bool {
  let first = Array(one.unicodeScalars)
  let second = Array(other.unicodeScalars)
  guard let at = zip(first, second).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return first.count < second.count }
  let (left, right) = (first[at], second[at])
  switch (left.properties.isAlphabetic, right.properties.isAlphabetic) {
  case (true, true): return left < right
  // After a digit the shorter number comes first, whatever follows it; elsewhere letters come last.
  case (let isLetter, let other) where isLetter != other: return at > 0 && isDigit(first[at - 1]) ? isLetter : other
  default: break
  }
  let mine = number(in: first, at: at)
  let theirs = number(in: second, at: at)
  if mine.value != theirs.value { return mine.value < theirs.value }
  if mine.length != theirs.length { return mine.length < theirs.length }
  return left < right
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

/// What the digits from here on amount to; a zero inside a number counts for its place.
private func number(in scalars: [Unicode.Scalar], at start: Int) -> (value: Double, length: Int) {
  let digits = scalars[start...].prefix(while: isDigit)
  let before = scalars[..<start].reversed().prefix(while: isDigit)
  let leading: Double = before.contains { $0 != "0" } ? 1 : 0
  return (digits.reduce(leading) { $0 * 10 + Double($1.value - 48) }, digits.count)
}
