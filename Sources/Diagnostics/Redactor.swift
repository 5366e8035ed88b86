/// Takes values that are secret out of texts: in plain, base64 and URL-encoded form, and as JSON writes them.
///
/// It does not keep the values: only how long they are and two hashes of each, keyed by random numbers of this process. Values of fewer than six bytes
/// are left alone, since they are in every other word: taking "root" out of every message would hide what is wrong, and show, by what is missing,
/// what the value is. Whoever stores one is told.
public struct Redactor: Sendable {
  /// Length → the first hash → the second ones.
  private var forms: [Int: [UInt64: Set<Int>]] = [:]
  private var known: Set<Int> = []
  /// What stands in a value's place.
  public static let mark = "***"
  /// Shorter values, in bytes, are left alone.
  public static let shortest = 6
  /// Longer values are not in a line of text as a whole.
  private static let longest = 64 << 10
  /// Odd, so that no power of it is 0.
  private static let base = UInt64.random(in: 0 ... .max) | 1

  public init() {}

  /// From now on the value is taken out of texts, and so is each line of its own that is not short.
  public mutating func add(_ value: [UInt8]) {
    guard known.insert(Self.hash(value[...])).inserted else { return }
    let trimmed = value[...].trimmed
    add(forms: trimmed)
    if trimmed.count != value.count { add(forms: value[...]) }
    let lines = trimmed.split(separator: 0x0A)
    if lines.count > 1, lines.count < 1000 { for line in lines where line.trimmed.count >= 16 { add(forms: line.trimmed) } }
  }

  /// The text without the values.
  public func redact(_ text: String) -> String {
    guard !forms.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var found: [Range<Int>] = []
    for (length, hashes) in forms where length <= bytes.count { find(length, hashes, in: bytes, &found) }
    guard !found.isEmpty else { return text }
    found.sort { $0.lowerBound < $1.lowerBound }
    var result: [UInt8] = []
    var end = 0
    for range in found {
      // What overlaps or touches is one place.
      if range.lowerBound > end || end == 0 {
        result += bytes[end..<max(end, range.lowerBound)]
        result += Array(Self.mark.utf8)
      }
      end = max(end, range.upperBound)
    }
    result += bytes[end...]
    return String(decoding: result, as: UTF8.self)
  }

  private func find(_ length: Int, _ hashes: [UInt64: Set<Int>], in bytes: [UInt8], _ found: inout [Range<Int>]) {
    var power: UInt64 = 1
    for _ in 1..<length { power &*= Self.base }
    var rolling = Self.rolling(bytes[..<length])
    var start = 0
    while true {
      if let second = hashes[rolling], second.contains(Self.hash(bytes[start..<start + length])) { found.append(start..<start + length) }
      guard start + length < bytes.count else { return }
      rolling = (rolling &- (UInt64(bytes[start]) &+ 1) &* power) &* Self.base &+ UInt64(bytes[start + length]) &+ 1
      start += 1
    }
  }

  private mutating func add(forms value: ArraySlice<UInt8>) {
    guard value.count >= Self.shortest, value.count <= Self.longest else { return }
    add(value)
    for form in SecretForms.all(Array(value)) where form.count >= Self.shortest { add(form[...]) }
  }

  private mutating func add(_ form: ArraySlice<UInt8>) {
    forms[form.count, default: [:]][Self.rolling(form), default: []].insert(Self.hash(form))
  }

  private static func rolling(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 &* base &+ UInt64($1) &+ 1 } }

  private static func hash(_ bytes: ArraySlice<UInt8>) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks and newlines at its ends.
  fileprivate var trimmed: ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else { return [] }
    return self[first...last]
  }
}
