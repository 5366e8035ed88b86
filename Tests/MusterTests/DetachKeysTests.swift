import Testing

@testable import muster

@Suite struct DetachKeysTests {
  @Test func standardKeys() throws {
    #expect(try DetachKeys("ctrl-p,ctrl-q") == .standard)
    var keys = DetachKeys.standard
    #expect(keys.take([0x61, 0x10]) == ([0x61], false))
    // The first of them alone is passed on, with what follows.
    #expect(keys.take([0x62]) == ([0x10, 0x62], false))
    #expect(keys.take([0x10, 0x10]) == ([0x10], false))
    #expect(keys.take([0x11, 0x63]) == ([], true))
  }

  @Test func ownKeys() throws {
    var keys = try DetachKeys("a,ctrl-@,ctrl-_")
    #expect(keys.sequence == [0x61, 0x00, 0x1F])
    #expect(keys.take([0x61, 0x00, 0x62]) == ([0x61, 0x00, 0x62], false))
    #expect(keys.take([0x61, 0x00, 0x1F]) == ([], true))
    var none = try DetachKeys("")
    #expect(none.take([0x10, 0x11]) == ([0x10, 0x11], false))
  }

  @Test(arguments: ["ctrl-", "ctrl-1", "ab", "ctrl-p,,", "ctrl-pp"]) func noKeys(text: String) {
    #expect(throws: Exit.self) { try DetachKeys(text) }
  }
}
