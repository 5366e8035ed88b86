import TestSupport
import Testing

extension Scenarios {
  /// What is wrong is said in one line, with its place, before anything is made.
  @Suite struct BadInput {
    struct Case: Sendable, CustomTestStringConvertible {
      let name: String
      let stack: String
      /// What the first line of the errors holds.
      let says: [String]
      var command = ["up", "--detach"]
      var status: Int32 = 1
      /// What one of the lines holds.
      var hint: String?
      var testDescription: String { name }
    }

    static let cases = [
      Case(
        name: "syntax error", stack: "services:\n  web:\n    image: [busybox\n    command: x\n", says: ["compose.yaml:"]),
      Case(
        name: "unknown key", stack: "services:\n  web:\n    imge: busybox\n", says: ["compose.yaml:3:5", "imge"],
        hint: #"did you mean "image"?"#),
      Case(
        name: "wrong type", stack: "services:\n  web:\n    image: busybox\n    ports: 80\n", says: ["compose.yaml:4:"]),
      Case(
        name: "missing image", stack: "services:\n  web:\n    image: nowhere.invalid/none:1\n", says: ["nowhere.invalid/none:1"]),
      Case(
        name: "dependency cycle",
        stack: """
          services:
            a: { image: busybox, depends_on: [b] }
            b: { image: busybox, depends_on: [c] }
            c: { image: busybox, depends_on: [a] }
          """, says: ["a", "b", "c", "compose.yaml:"]),
      Case(
        name: "unknown dependency", stack: "services:\n  web:\n    image: busybox\n    depends_on: [dbb]\n  db:\n    image: busybox\n",
        says: ["compose.yaml:4:", "dbb"], hint: #"did you mean "db"?"#),
      Case(
        name: "missing secret file",
        stack: "services:\n  web:\n    image: busybox\n    secrets: [key]\nsecrets:\n  key:\n    file: not-there.txt\n",
        says: ["not-there.txt"]),
      Case(
        name: "undefined volume", stack: "services:\n  web:\n    image: busybox\n    volumes: [\"dta:/data\"]\nvolumes:\n  data: {}\n",
        says: ["compose.yaml:4:", "dta"], hint: #"did you mean "data"?"#),
      Case(
        name: "unset required variable", stack: "services:\n  web:\n    image: ${NOT_SET:?name the image}\n",
        says: ["compose.yaml:3:", "NOT_SET", "name the image"]),
      Case(
        name: "missing bind source",
        stack:
          "services:\n  web:\n    image: busybox\n    volumes:\n      - { type: bind, source: ./absent, target: /a, bind: { create_host_path: false } }\n",
        says: ["absent"]),
      Case(
        name: "key not honoured", stack: "services:\n  web:\n    image: busybox\n    no_such_key_at_all: 1\n",
        says: ["compose.yaml:4:5", "no_such_key_at_all"]),
      Case(
        name: "unknown service", stack: "services:\n  web:\n    image: busybox\n", says: ["wbe"], command: ["up", "--detach", "wbe"],
        hint: #"did you mean "web"?"#),
    ]

    @Test(arguments: cases) func isRefusedWithItsPlace(_ bad: Case) async throws {
      try await Stage.play("services: { good: { image: busybox } }") { stage in
        try stage.write("compose.yaml", bad.stack)
        let outcome = try await stage.muster(bad.command, in: stage.directory)
        #expect(outcome.status == bad.status, "\(outcome)")
        let reason = outcome.errors.split(separator: "\n").first { line in bad.says.allSatisfy(line.contains) }
        #expect(reason != nil, "no line says \(bad.says)\n\(outcome)")
        if let hint = bad.hint { #expect(outcome.errors.contains(hint), "\(outcome)") }
        try await expectNothingMade(on: stage)
      }
    }

    @Test func aPortInUseIsNamedWithItsHolder() async throws {
      let holder = try PortHolder(port: 0)
      let stack = """
        services:
          first: { image: busybox, init: true, command: sleep 1000 }
          web: { image: busybox, init: true, command: sleep 1000, ports: ["\(holder.port):80"], depends_on: [first] }
        """
      try await Stage.play(stack) { stage in
        let outcome = try await stage.attempt("up", "--detach")
        #expect(outcome.status == 1, "\(outcome)")
        let reason = outcome.errors.split(separator: "\n").first { $0.contains("web") && $0.contains("\(holder.port)") }
        #expect(reason != nil, "\(outcome)")
        try await expectNothingMade(on: stage)
      }
    }

    @Test func aMissingFileIsNamed() async throws {
      try await Stage.play("services: { good: { image: busybox } }") { stage in
        let outcome = try await stage.attempt("-f", "absent.yaml", "up", "--detach")
        #expect(outcome.status == 1 || outcome.status == 14, "\(outcome)")
        #expect(outcome.errors.contains("absent.yaml"), "\(outcome)")
      }
    }

    @Test(arguments: [(["upp"], "up"), (["up", "--detatch"], "--detach"), (["logs", "--folow"], "--follow")])
    func aMistypedCommandOrFlagSuggestsTheNearest(_ arguments: [String], _ nearest: String) async throws {
      try await Stage.play("services: { good: { image: busybox } }") { stage in
        let outcome = try await stage.muster(arguments, in: stage.directory)
        #expect(outcome.status != 0)
        let line = outcome.errors.split(separator: "\n").first { $0.lowercased().contains("did you mean") && $0.contains(nearest) }
        #expect(line != nil, "\(outcome)")
      }
    }

    private func expectNothingMade(on stage: Stage) async throws {
      let entries = try await stage.muster.ledger.entries()
      let made = entries.files.filter { $0.hasPrefix(stage.muster.root + "/containers/") || $0.hasPrefix(stage.muster.root + "/volumes/") }
      #expect(made.isEmpty && entries.links.isEmpty, "half made:\n\(entries)")
    }
  }
}
