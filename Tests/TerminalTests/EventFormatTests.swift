import Backend
import Foundation
import StackModel
import Terminal
import Testing

@Suite struct EventFormatTests {
  private let died: EventMessage? = Event(
    sequence: 1, at: 1_795_230_000_500_000_000, project: "shop",
    kind: .container(
      .init(
        id: "c0ffee", name: "shop-web-1", service: "web", what: .exited(code: 3, outOfMemory: false), image: "nginx:1", labels: ["a": "<b>"]
      ))
  ).message
  private let made: EventMessage? = Event(
    sequence: 2, at: 7, project: "shop",
    kind: .thing(ThingChange(.network, "create", id: "f00d", name: "shop_front", details: ["type": "bridge"]))
  ).message

  @Test func asText() throws {
    #expect(
      try EventFormat("").line(try #require(died))
        == "2026-11-21T03:00:00.500000000Z container die c0ffee (a=<b>, exitCode=3, image=nginx:1, name=shop-web-1)")
    #expect(
      try EventFormat("").line(try #require(made)) == "1970-01-01T00:00:00.000000007Z network create f00d (name=shop_front, type=bridge)")
  }

  @Test func noControlCharacterReachesATerminal() throws {
    var message = try #require(made)
    message.labels = ["evil": "\u{1B}[2J\n"]
    let line = try EventFormat("").line(message)
    #expect(!line.contains("\u{1B}") && !line.contains("\n"))
  }

  @Test func asTemplates() throws {
    let format = try EventFormat(
      "{{.Type}} {{.Action}} {{.Status}} {{.ID}} {{.From}} {{.Actor.Attributes.exitCode}} {{.Time}} {{.TimeNano}} {{.Scope}}")
    #expect(try format.line(try #require(died)) == "container die die c0ffee nginx:1 3 1795230000 1795230000500000000 local")
    #expect(try EventFormat("{{.Action}}|{{.Status}}|{{.Actor.ID}}").line(try #require(made)) == "create||f00d")
    #expect(throws: GoTemplateError.self) { _ = try EventFormat("{{.Action") }
  }

  @Test(arguments: ["json", "{{json .}}"]) func asDockersJSON(_ text: String) throws {
    func value(_ text: String) throws -> TemplateValue { try JSONDecoder().decode(TemplateValue.self, from: Data(text.utf8)) }
    let expected = """
      {"status":"die","id":"c0ffee","from":"nginx:1","Type":"container","Action":"die","Actor":{"ID":"c0ffee","Attributes":{"a":"<b>",
      "exitCode":"3","image":"nginx:1","name":"shop-web-1"}},"scope":"local","time":1795230000,"timeNano":1795230000500000000}
      """
    #expect(try value(try EventFormat(text).line(try #require(died))) == value(expected))
    let other = try EventFormat(text).line(try #require(made))
    #expect(!other.contains("status") && !other.contains("\"id\"") && !other.contains("from"))
  }

  @Test func asComposesJSON() throws {
    let line = try EventFormat.compose.line(try #require(died))
    for part in [
      #""time":"2026-11-21T03:00:00.500000000Z""#, #""type":"container""#, #""service":"web""#, #""id":"c0ffee""#, #""action":"die""#,
      #""exitCode":"3""#,
    ] { #expect(line.contains(part), "\(line)") }
  }
}
