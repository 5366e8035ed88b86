/// How far the clocks of a time zone are from UTC, at any time: what its file below `/usr/share/zoneinfo` says (TZif, RFC 9636).
public struct ZoneRules: Sendable, Equatable {
  /// When the offset changes, in order, in seconds since 1970.
  private var changes: [Int64] = []
  /// The offset from each of them on, in seconds east of UTC.
  private var offsets: [Int64] = []
  private var first: Int64 = 0
  /// After the last change.
  private var rule: PosixZone?

  public static let utc = ZoneRules()
  private init() {}

  /// Where the machine keeps zones.
  public static let directory = "/usr/share/zoneinfo"
  /// A larger file is no zone's.
  public static let largestFile = 1 << 20

  /// The file of a zone, `Europe/Paris`; nil when that cannot be a zone's name.
  public static func path(of name: String) -> String? {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isName = parts.allSatisfy { part in
      !part.isEmpty && part.first != UInt8(ascii: ".")
        && part.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "_-+.".utf8.contains(byte)
        }
    }
    return isName && name.utf8.count <= 100 ? "\(directory)/\(name)" : nil
  }

  /// Whether a name means UTC itself, for which no file is needed.
  public static func isUTC(_ name: String) -> Bool { ["UTC", "Etc/UTC"].contains(name) }

  /// nil unless the bytes are a zone's file.
  public init?(file bytes: [UInt8]) {
    guard var block = Block(bytes[...]) else { return nil }
    // The second version repeats everything with times of 64 bits, and has the rule behind.
    if block.version >= 2 {
      let repeated = bytes.dropFirst(block.end)
      guard let second = Block(repeated, wide: true) else { return nil }
      block = second
      let footer = repeated.dropFirst(block.end)
      guard footer.first == 0x0A, let end = footer.dropFirst().firstIndex(of: 0x0A) else { return nil }
      let text = footer[(footer.startIndex + 1)..<end]
      if !text.isEmpty {
        guard let rule = PosixZone(text) else { return nil }
        self.rule = rule
      }
    }
    changes = block.changes
    offsets = block.offsets
    first = block.first
  }

  /// Seconds east of UTC at a moment, in seconds since 1970.
  public func offset(at moment: Int64) -> Int64 {
    guard let last = changes.last else { return rule?.offset(at: moment) ?? first }
    if moment >= last, let rule { return rule.offset(at: moment) }
    // The changes until then.
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= moment { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : offsets[low - 1]
  }

  /// The moment at which clocks show a time (seconds since 1970 as if they showed UTC): the first of two, or where a time is left out the moment after the gap.
  public func moment(ofLocal time: Int64) -> Int64 {
    // No clock is further from UTC than this, and none is changed twice in two days.
    let reach: Int64 = 26 * 3_600
    let before = offset(at: time - reach)
    let after = offset(at: time + reach)
    let candidates = [time - before, time - after].sorted()
    for candidate in candidates where candidate + offset(at: candidate) == time { return candidate }
    // In the gap: the first moment of the new offset.
    var (low, high) = (candidates[0], candidates[1])
    while low < high {
      let middle = low + (high - low) / 2
      if offset(at: middle) == before { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// One version's part of the file.
  private struct Block {
    var version: Int
    var changes: [Int64] = []
    var offsets: [Int64] = []
    var first: Int64 = 0
    /// Where it ends, from its beginning.
    var end: Int

    init?(_ bytes: ArraySlice<UInt8>, wide: Bool = false) {
      let bytes = Array(bytes)
      guard bytes.count >= 44, bytes.starts(with: "TZif".utf8) else { return nil }
      version = bytes[4] >= UInt8(ascii: "2") ? 2 : 1
      func number(_ at: Int, _ width: Int) -> Int64 {
        var value: UInt64 = bytes[at] & 0x80 != 0 ? .max : 0
        for index in at..<(at + width) { value = value << 8 | UInt64(bytes[index]) }
        return Int64(bitPattern: value)
      }
      let counts = (0..<6).map { number(20 + $0 * 4, 4) }
      // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt
      guard counts.allSatisfy({ (0...100_000).contains($0) }), counts[4] >= 1, counts[4] <= 256 else { return nil }
      let (times, types) = (Int(counts[3]), Int(counts[4]))
      let width = wide ? 8 : 4
      let typesAt = 44 + times * width
      let recordsAt = typesAt + times
      end = recordsAt + types * 6 + Int(counts[5]) + Int(counts[2]) * (width + 4) + Int(counts[1]) + Int(counts[0])
      guard end <= bytes.count else { return nil }
      let known = (0..<types).map { number(recordsAt + $0 * 6, 4) }
      guard known.allSatisfy({ (-93_599...93_599).contains($0) }) else { return nil }
      first = known[0]
      for index in 0..<times {
        let type = Int(bytes[typesAt + index])
        let at = number(44 + index * width, width)
        guard type < types, changes.last.map({ $0 < at }) ?? true else { return nil }
        changes.append(at)
        offsets.append(known[type])
      }
    }
  }
}
