import EngineWire
import Testing

@Suite struct PercentEncodingTests {
  @Test(arguments: ["plain-1.0_~", "library/nginx:1.27@sha256:ab", "a b&c=d?é%", ""])
  func `decoding undoes encoding`(text: String) {
    #expect(String(percentDecoding: text.percentEncoded) == text)
    #expect(!text.percentEncoded.contains("/"))
  }

  @Test(arguments: ["%", "%4", "%zz", "%ff", "%C3"])
  func `what is not well-formed UTF-8 is nil`(text: String) {
    #expect(String(percentDecoding: text) == nil)
  }
}
