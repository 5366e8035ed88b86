/// Answers of other resolvers, kept as long as they themselves say, and a minute at most. Pure.
struct AnswerCache: Sendable {
  /// What makes two questions the same: flags, question and options, whom they are put to, and how.
  struct Key: Hashable, Sendable {
    private var bytes: [UInt8]
    private var resolvers: [String]
    private var overTCP: Bool

    init(_ packet: [UInt8], _ question: DNSQuestion, resolvers: [String], overTCP: Bool) {
      // Upper and lower case of a name are the same; a length of a label is below 64 and no letter.
      let section = question.section.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
      bytes = Array(packet[2..<4]) + section + packet[question.section.endIndex...]
      self.resolvers = resolvers
      self.overTCP = overTCP
    }
  }

  private struct Entry {
    var packet: [UInt8]
    /// Where the lifetimes of its records are.
    var lifetimes: [Int]
    var since: Int64
    var until: Int64
  }

  static let limit = 1024
  /// Seconds.
  static let longest: Int64 = 60
  private var entries: [Key: Entry] = [:]

  /// The answer with the asker's id and spelling, and its records as old as they are; nil when there is none.
  ///
  /// - Parameter now: seconds of a clock that never goes back.
  func answer(to packet: [UInt8], _ question: DNSQuestion, _ key: Key, now: Int64) -> [UInt8]? {
    guard let entry = entries[key], now < entry.until else { return nil }
    var answer = entry.packet
    answer.replaceSubrange(0..<2, with: packet[0..<2])
    answer.replaceSubrange(12..<12 + question.section.count, with: question.section)
    let age = UInt32(clamping: now - entry.since)
    for offset in entry.lifetimes {
      let left = AnswerCache.lifetime(answer, at: offset)
      let rest = left > age ? left - age : 0
      for part in 0..<4 { answer[offset + part] = UInt8(truncatingIfNeeded: rest >> UInt32(24 - 8 * part)) }
    }
    return answer
  }

  /// Keeps an answer if it may be kept: a name that is there or is not, whole, with records that say for how long.
  mutating func keep(_ answer: [UInt8], to question: DNSQuestion, _ key: Key, now: Int64) {
    guard answer.count >= 12 + question.section.count, answer[2] & 0x02 == 0, [0, 3].contains(answer[3] & 0x0F), answer[4] == 0,
      answer[5] == 1,
      let (lifetimes, shortest) = AnswerCache.lifetimes(answer, behind: 12 + question.section.count), shortest > 0
    else { return }
    if entries.count >= AnswerCache.limit { entries = entries.filter { now < $0.value.until } }
    if entries.count >= AnswerCache.limit { entries = [:] }
    let until = now + min(Int64(shortest), AnswerCache.longest)
    entries[key] = Entry(packet: answer, lifetimes: lifetimes, since: now, until: until)
  }

  private static func lifetime(_ packet: [UInt8], at offset: Int) -> UInt32 {
    packet[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Where the records' lifetimes are, and the shortest; nil when the packet is damaged or has no record that says one.
  private static func lifetimes(_ packet: [UInt8], behind end: Int) -> ([Int], UInt32)? {
    func word(_ offset: Int) -> Int { Int(packet[offset]) << 8 | Int(packet[offset + 1]) }
    var position = end
    var (found, shortest): ([Int], UInt32) = ([], .max)
    for _ in 0..<(word(6) + word(8) + word(10)) {
      // A name ends with an empty label, or with a pointer to another.
      while position < packet.count, packet[position] != 0, packet[position] < 0xC0 { position += 1 + Int(packet[position]) }
      guard position < packet.count else { return nil }
      position += packet[position] == 0 ? 1 : 2
      guard position + 10 <= packet.count else { return nil }
      let (type, length) = (word(position), word(position + 8))
      let data = position + 10
      guard data + length <= packet.count else { return nil }
      if type != 41 {  // EDNS has other things in its place
        found.append(position + 4)
        shortest = min(shortest, lifetime(packet, at: position + 4))
        // How long a name's absence holds (RFC 2308) is the last number of the zone's record.
        if type == 6, length >= 4 { shortest = min(shortest, lifetime(packet, at: data + length - 4)) }
      }
      position = data + length
    }
    return found.isEmpty ? nil : (found, shortest)
  }
}
