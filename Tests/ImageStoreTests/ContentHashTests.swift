import ImageStore
import OCI
import Testing

@Suite struct ContentHashTests {
  @Test func isSHA256() {
    #expect(ContentHash.of(Array("abc".utf8)).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func fieldsDoNotRunIntoEachOther() {
    var left = ContentHash()
    left.update(field: "ab")
    left.update(field: "c")
    var right = ContentHash()
    right.update(field: "a")
    right.update(field: "bc")
    #expect(left.digest() != right.digest())
  }
}
