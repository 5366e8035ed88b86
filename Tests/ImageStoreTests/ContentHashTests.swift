import OCI
import Testing

@testable import ImageStore

@Suite struct ContentHashTests {
  /// As docker, podman, crane and kaniko name the parts of what they save.
  @Test func aPartOfASavedImageMayBeNamedByItsDigest() {
    let hex = String(repeating: "0a", count: 32)
    for name in ["", ".json", ".tar", ".tar.gz", ".tgz"].flatMap({ [hex + $0, "sha256:" + hex + $0] }) {
      #expect(Digest(entry: name) == Digest(hex: hex), "\(name)")
    }
    for name in ["config.json", "layer.tar", hex + ".zip", "sha512:" + hex, ""] { #expect(Digest(entry: name) == nil, "\(name)") }
  }

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
