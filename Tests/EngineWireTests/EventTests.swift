import Backend
import EngineWire
import Foundation
import StackModel
import Testing

/// An event's JSON, which stays what it was: it is written by hand.
@Suite struct EventTests {
  static let kinds: [(Event.Kind, String)] = [
    (
      .progress(Event.Progress(subject: "Container a", status: "Started", phase: .done)),
      #"{"progress":{"_0":{"phase":"done","status":"Started","subject":"Container a"}}}"#
    ),
    (.unchanged(["a", "b"]), #"{"unchanged":{"_0":["a","b"]}}"#),
    (.output(subject: "Image a", line: "x"), #"{"output":{"line":"x","subject":"Image a"}}"#),
    (
      .container(Event.ContainerChange(id: "1", name: "a", service: "s", what: .exited(code: 3, outOfMemory: false))),
      #"{"container":{"_0":{"id":"1","name":"a","service":"s","what":{"exited":{"code":3,"outOfMemory":false}}}}}"#
    ),
    (
      .job(Event.JobChange(job: "j", number: 2, what: .missed(reason: "off"))),
      #"{"job":{"_0":{"job":"j","number":2,"what":{"missed":{"reason":"off"}}}}}"#
    ),
    (
      .thing(ThingChange(.volume, "mount", id: "v", name: "v", details: ["container": "1"])),
      #"{"thing":{"_0":{"action":"mount","details":{"container":"1"},"id":"v","name":"v","thing":"volume"}}}"#
    ),
    (.warning("w"), #"{"warning":{"_0":"w"}}"#),
  ]

  @Test(arguments: kinds)
  func isOneCaseWithItsValues(kind: Event.Kind, json: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(kind), as: UTF8.self) == json)
    #expect(try JSONDecoder().decode(Event.Kind.self, from: Data(json.utf8)) == kind)
  }

  @Test(arguments: ["{}", #"{"subject":{}}"#, #"{"nonsuch":{"_0":1}}"#, #"{"warning":{"_0":"a"},"unchanged":{"_0":[]}}"#, #"{"warning":{}}"#])
  func whatIsNoneIsRefused(json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Event.Kind.self, from: Data(json.utf8)) }
  }
}
