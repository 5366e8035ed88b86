import Foundation
import Testing

@testable import Diagnostics

@Suite struct RedactorTests {
  private func redactor(_ values: String...) -> Redactor {
    var redactor = Redactor()
    for value in values { redactor.add(Array(value.utf8)) }
    return redactor
  }

  @Test func plain() {
    let redactor = redactor("hunter2!", "hunter2!more")
    #expect(redactor.redact("the password hunter2! is wrong") == "the password *** is wrong")
    #expect(redactor.redact("hunter2!") == "***")
    #expect(redactor.redact("hunter2!more") == "***")
    #expect(redactor.redact("hunter2!hunter2!x") == "***x")
    #expect(redactor.redact("a hunter2! b hunter2!") == "a *** b ***")
    #expect(redactor.redact("hunter2 hunter hunter2? é") == "hunter2 hunter hunter2? é")
    #expect(redactor.redact("") == "")
    #expect(Redactor().redact("hunter2!") == "hunter2!")
  }

  @Test func aNewlineAtTheEndDoesNotCount() {
    #expect(redactor("correct horse\n").redact("a correct horse b") == "a *** b")
  }

  @Test(arguments: ["correct horse/battery+staple?", "hunter2", "pässwörter", "a\"b\\c d\ne"])
  func encoded(value: String) throws {
    let redactor = redactor(value)
    let data = Data(value.utf8)
    let base64 = data.base64EncodedString()
    let urlSafe = base64.replacing("+", with: "-").replacing("/", with: "_")
    for form in [base64, urlSafe, urlSafe.replacing("=", with: ""), value] {
      #expect(redactor.redact("token=\(form);") == "token=***;", "\(form)")
    }
    let unreserved = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
    let strict = try #require(value.addingPercentEncoding(withAllowedCharacters: unreserved))
    #expect(redactor.redact("?p=\(strict)&") == "?p=***&")
    #expect(redactor.redact("?p=\(strict.replacing("%20", with: "+"))&") == "?p=***&")
    // In the middle of something longer, as HTTP's basic authentication is.
    for user in ["u", "us", "use"] {
      let header = Data("\(user):\(value):x".utf8).base64EncodedString()
      let shown = redactor.redact(header)
      #expect(shown.contains("***") && shown.count < header.count - value.utf8.count / 2, "\(header) → \(shown)")
    }
    let json = String(decoding: try JSONEncoder().encode([value]), as: UTF8.self)
    if !value.contains("/") { #expect(redactor.redact(json) == "[\"***\"]") }
  }

  @Test func linesOfAKey() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nshort\nAASCBKcwggSjAgEAAoIBAQC7VJTU\n-----END KEY-----\n"
    let redactor = redactor(key)
    #expect(redactor.redact("at MIIEvQIBADANBgkqhkiG9w0BAQEF: bad") == "at ***: bad")
    #expect(redactor.redact("a short line") == "a short line")
    #expect(redactor.redact("x" + key + "y") == "x***y")
  }

  @Test func shortValuesAreLeftAlone() {
    #expect(redactor("admin", "", "1").redact("the admin has 1 mailbox") == "the admin has 1 mailbox")
  }

  @Test func theValuesAreNotKept() {
    let value = "hunter2-\(UInt64.random(in: 0 ... .max))"
    #expect(!"\(String(reflecting: redactor(value)))".contains(value))
  }

  @Test func manyValuesInALongText() {
    var redactor = Redactor()
    for number in 0..<500 { redactor.add(Array("secret-number-\(number)-".utf8)) }
    let text = String(repeating: "lorem ipsum ", count: 500) + "secret-number-321-" + String(repeating: " dolor", count: 500)
    #expect(redactor.redact(text).contains("ipsum *** dolor"))
  }
}
