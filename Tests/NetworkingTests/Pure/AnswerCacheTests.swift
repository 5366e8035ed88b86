import Testing

@testable import Networking

@Suite struct AnswerCacheTests {
  private func key(_ packet: [UInt8], _ resolvers: [String] = []) throws -> AnswerCache.Key {
    AnswerCache.Key(packet, try DNSQuestion(packet), resolvers: resolvers, overTCP: false)
  }

  /// An answer with one address that holds so many seconds.
  private func answer(_ packet: [UInt8], lifetime: UInt8, code: UInt8 = 0) -> [UInt8] {
    var answer = packet
    answer[2] = 0x81
    answer[3] = 0x80 | code
    answer[7] = 1
    return answer + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, lifetime, 0, 4, 9, 9, 9, 9]
  }

  @Test func anAnswerIsKeptAsLongAsItSays() throws {
    var cache = AnswerCache()
    let packet = query("example.com", id: 1)
    let question = try DNSQuestion(packet)
    #expect(try cache.answer(to: packet, question, key(packet), now: 100) == nil)
    cache.keep(answer(packet, lifetime: 30), to: question, try key(packet), now: 100)
    // Somebody else asks, in other letters.
    let other = query("Example.COM", id: 2)
    let found = try #require(try cache.answer(to: other, DNSQuestion(other), key(other), now: 110))
    #expect(found == answer(other, lifetime: 20))
    #expect(try cache.answer(to: other, DNSQuestion(other), key(other), now: 130) == nil)
    // With other resolvers, or with other options, it is another question.
    #expect(try cache.answer(to: packet, question, key(packet, ["9.9.9.9"]), now: 110) == nil)
    var unchecked = packet
    unchecked[3] |= 0x10
    #expect(try cache.answer(to: unchecked, DNSQuestion(unchecked), key(unchecked), now: 110) == nil)
  }

  @Test func noneIsKeptLongerThanAMinuteAndSomeNotAtAll() throws {
    let packet = query("example.com")
    let question = try DNSQuestion(packet)
    func kept(_ answer: [UInt8], at now: Int64) throws -> Bool {
      var cache = AnswerCache()
      cache.keep(answer, to: question, try key(packet), now: 0)
      return try cache.answer(to: packet, question, key(packet), now: now) != nil
    }
    #expect(try kept(answer(packet, lifetime: 255), at: 59) && !kept(answer(packet, lifetime: 255), at: 60))
    #expect(try kept(answer(packet, lifetime: 5, code: 3), at: 1))
    #expect(try !kept(answer(packet, lifetime: 0), at: 0))
    for code: UInt8 in [1, 2, 4, 5] { #expect(try !kept(answer(packet, lifetime: 9, code: code), at: 0)) }
    var truncated = answer(packet, lifetime: 9)
    truncated[2] |= 0x02
    #expect(try !kept(truncated, at: 0))
    // Without a record nothing says for how long.
    var empty = packet
    empty[2] = 0x81
    #expect(try !kept(empty, at: 0))
  }

  /// What a resolver sends is as hostile as anything.
  @Test func damagedAnswersAreNotKept() throws {
    let packet = query("example.com")
    let question = try DNSQuestion(packet)
    let whole = answer(packet, lifetime: 30)
    var generator = SplitMix(seed: 11)
    for count in 0..<whole.count {
      var cache = AnswerCache()
      cache.keep(Array(whole.prefix(count)), to: question, try key(packet), now: 0)
      #expect(try cache.answer(to: packet, question, key(packet), now: 0) == nil, "\(count)")
    }
    var cache = AnswerCache()
    for _ in 0..<20_000 {
      var damaged = whole
      for _ in 0..<3 { damaged[Int(generator.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: generator.next()) }
      cache.keep(damaged, to: question, try key(packet), now: 0)
      _ = try cache.answer(to: packet, question, key(packet), now: 0)
    }
  }

  @Test func itDoesNotGrowWithoutEnd() throws {
    var cache = AnswerCache()
    for number in 0..<(AnswerCache.limit + 10) {
      let packet = query("n\(number).example")
      cache.keep(answer(packet, lifetime: 30), to: try DNSQuestion(packet), try key(packet), now: 0)
    }
    let (first, last) = (query("n0.example"), query("n\(AnswerCache.limit + 9).example"))
    #expect(try cache.answer(to: first, DNSQuestion(first), key(first), now: 0) == nil)
    #expect(try cache.answer(to: last, DNSQuestion(last), key(last), now: 0) != nil)
  }
}
