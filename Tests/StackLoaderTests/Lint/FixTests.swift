import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// What fixes make of files, and what they leave alone.
@Suite struct FixTests {
  private func rewrite(_ text: String, files: [String: String] = [:], unsafe: Bool = false) -> Rewriting {
    rewriteStack(
      LoadRequest(currentDirectory: "/shop"), includesUnsafe: unsafe,
      reader: MemoryFiles(files: files.merging(["/shop/compose.yaml": text]) { $1 }))
  }

  private func text(_ rewriting: Rewriting, _ path: String = "/shop/compose.yaml") -> String? {
    rewriting.files.first { $0.path == path }.map { String(decoding: $0.after, as: UTF8.self) }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var before: String
    var after: String?
    var unsafe = false
    init(_ before: String, _ after: String?, unsafe: Bool = false) {
      self.before = before
      self.after = after
      self.unsafe = unsafe
    }
    var testDescription: String { String(before.prefix(80)) }
  }

  static let rows: [Row] = [
    // version
    Row("version: '3'\nservices: {a: {image: x:1}}\n", "services: {a: {image: x:1}}\n"),
    Row("# head\nversion: '3' # old\n\nservices: {a: {image: x:1}}\n", "# head\n\nservices: {a: {image: x:1}}\n"),
    Row("version: '3'\n\nservices: {a: {image: x:1}}\n", "services: {a: {image: x:1}}\n"),
    Row("services: {a: {image: x:1}}\nversion: '3'", "services: {a: {image: x:1}}\n"),
    Row("version: &v '3'\nservices: {a: {image: x:1, environment: [*v]}}\n", nil),
    Row("{version: '3', services: {a: {image: x:1}}}\n", nil),
    Row("version:\n  '3'\nservices: {a: {image: x:1}}\n", nil),
    // Windows' line ends, a byte order mark, no line end at the end
    Row("version: '3'\r\nservices:\r\n  a:\r\n    image: x:1\r\n", "services:\r\n  a:\r\n    image: x:1\r\n"),
    Row(
      "services:\r\n  a:\r\n    image: x:1\r\n    volumes: [v:/v]\r\nvolumes:\r\n  v:\r\n    external: {name: w}",
      "services:\r\n  a:\r\n    image: x:1\r\n    volumes: [v:/v]\r\nvolumes:\r\n  v:\r\n    external: true\r\n    name: w"),
    // Quotes and numbers
    Row("services: {a: {image: x:1, ports: [22:22, 80:80]}}\n", "services: {a: {image: x:1, ports: [\"22:22\", 80:80]}}\n"),
    Row("services: {a: {image: x:1, environment: {A: True}}}\n", "services: {a: {image: x:1, environment: {A: \"true\"}}}\n"),
    Row(
      "services: {a: {image: x:1, environment: {A: &t true, B: *t}}}\n",
      "services: {a: {image: x:1, environment: {A: &t \"true\", B: *t}}}\n"),
    Row("services: {a: {image: x:1, environment: {A: 1.10}}}\n", nil),
    Row("services: {a: {image: x:1, environment: {A: 1.10}}}\n", "services: {a: {image: x:1, environment: {A: \"1.10\"}}}\n", unsafe: true),
    Row(
      "services:\n  a:\n    image: x:1\n    environment:\n      - A=\"é x\" # é\n      - B='1'\n",
      "services:\n  a:\n    image: x:1\n    environment:\n      - A=\"é x\" # é\n      - B=1\n"),
    // Repetitions
    Row(
      "services:\n  a:\n    image: x:1\n    cap_add:\n    - CHOWN # one\n    - CHOWN # two\n    - KILL\n",
      "services:\n  a:\n    image: x:1\n    cap_add:\n    - CHOWN # one\n    - KILL\n"),
    Row("services: {a: {image: x:1, cap_add: [A, B , A , B]}}\n", "services: {a: {image: x:1, cap_add: [A, B  ]}}\n"),
    Row("services: {a: {image: x:1, environment: [A=1, A=2]}}\n", nil),
    Row("services:\n  a:\n    image: x:1\n    cap_add: [A,\n      A]\n", nil),
    // external
    Row(
      "services: {a: {image: x:1, networks: [n]}}\nnetworks:\n  n:\n    external:   # theirs\n      # this one\n      name: \"m\" # really\n",
      "services: {a: {image: x:1, networks: [n]}}\nnetworks:\n  n:\n    external: true   # theirs\n      # this one\n    name: \"m\" # really\n"
    ),
    Row(
      "services: {a: {image: x:1, networks: [n]}}\nnetworks: {n: {external: {name: m}}}\n",
      "services: {a: {image: x:1, networks: [n]}}\nnetworks: {n: {external: true, name: m}}\n"),
    Row("services: {a: {image: x:1, networks: [n]}}\nnetworks: {n: {name: o, external: {name: m}}}\n", nil),
    // Misspelt keys
    Row(
      "services:\n  a:\n    imge: x:1 # é\n    \"enviroment\": {A: b}\n",
      "services:\n  a:\n    image: x:1 # é\n    \"environment\": {A: b}\n"),
    Row("services: {a: {image: x:1, imge: y}}\n", nil),
    Row("services: {a: {image: x:1, port: 80}}\n", nil),
    Row("version: '3'\nservices: {a: {iamge: x:1, ports: [22:22]}}\n", "services: {a: {image: x:1, ports: [\"22:22\"]}}\n"),
    // What is for a person to choose
    Row("services: {a: {image: x:1, ports: ['5432:5432']}}\n", nil),
    Row(
      "services: {a: {image: x:1, ports: ['5432:5432']}}\n", "services: {a: {image: x:1, ports: [\"127.0.0.1:5432:5432\"]}}\n", unsafe: true
    ),
    Row(
      "services: {a: {image: x:1, ports: ['0.0.0.0:${PORT:-1}:5432', 5432]}}\n",
      "services: {a: {image: x:1, ports: [\"127.0.0.1:${PORT:-1}:5432\", \"127.0.0.1::5432\"]}}\n", unsafe: true),
    Row(
      "services:\n  a:\n    image: x:1\n    ports:\n      - target: 5432\n        published: 1\n",
      "services:\n  a:\n    image: x:1\n    ports:\n      - host_ip: 127.0.0.1\n        target: 5432\n        published: 1\n", unsafe: true),
    Row(
      "services: {a: {image: x:1, ports: [{target: 5432}]}}\n",
      "services: {a: {image: x:1, ports: [{host_ip: 127.0.0.1, target: 5432}]}}\n", unsafe: true),
    Row("services: {a: {image: x:1, volumes: ['/etc:/e']}}\n", "services: {a: {image: x:1, volumes: [\"/etc:/e:ro\"]}}\n", unsafe: true),
    Row("services: {a: {image: x:1, environment: {A_TOKEN: x1}}}\n", nil, unsafe: true),
    // Nothing to do
    Row("services: {a: {image: x:1}}\n", nil),
    Row("services: [\n", nil),
  ]

  @Test(arguments: rows) func rewrites(_ row: Row) throws {
    let rewriting = rewrite(row.before, unsafe: row.unsafe)
    #expect(text(rewriting) == row.after, "\(rewriting.refused.map(\.reason))")
    // What is fixed is not found again, and fixing is done at once.
    if let after = row.after { #expect(rewrite(after, unsafe: row.unsafe).files.isEmpty) }
  }

  /// A long file with everything in it: what is not fixed stays byte for byte, and the stack is the same.
  @Test(arguments: ["\n", "\r\n"]) func golden(_ lineEnd: String) throws {
    func read(_ name: String) throws -> String {
      try String(contentsOfFile: CorpusTests.directory + "/lint/\(name)", encoding: .utf8).replacing("\n", with: lineEnd)
    }
    for (unsafe, name) in [(false, "fixed.yaml"), (true, "fixed-unsafe.yaml")] {
      let rewriting = rewrite(try read("before.yaml"), unsafe: unsafe)
      #expect(text(rewriting) == (try read(name)))
      #expect(rewriting.refused.map(\.reason) == [])
    }
  }

  @Test func longFiles() throws {
    let middle = (0..<400).map { "  s\($0):\n    image: x:1 # é \($0)\n    ports: [\"80\"]\n" }.joined()
    let before = "version: '3'\nservices:\n" + middle + "  last:\n    image: x:1\n    ports:\n      - 22:22\n"
    let after = "services:\n" + middle + "  last:\n    image: x:1\n    ports:\n      - \"22:22\"\n"
    #expect(text(rewrite(before)) == after)
  }

  @Test func severalFiles() {
    let rewriting = rewrite(
      "include: [sub/compose.yaml]\nservices: {a: {extends: {file: base.yaml, service: b}}}\n",
      files: [
        "/shop/base.yaml": "services: {b: {image: x:1, ports: [22:22]}}\n",
        "/shop/sub/compose.yaml": "version: '3'\nservices: {c: {image: x:1}}\n",
      ])
    #expect(rewriting.files.map(\.path) == ["/shop/base.yaml", "/shop/sub/compose.yaml"])
    #expect(text(rewriting, "/shop/base.yaml") == "services: {b: {image: x:1, ports: [\"22:22\"]}}\n")
    #expect(text(rewriting, "/shop/sub/compose.yaml") == "services: {c: {image: x:1}}\n")
  }

  @Test func standardInputIsRefused() {
    let rewriting = rewriteStack(
      LoadRequest(files: ["-"], currentDirectory: "/shop"),
      reader: MemoryFiles(files: [:], standardInput: "version: '3'\nservices: {a: {image: x:1}}\n"))
    #expect(rewriting.files.isEmpty && rewriting.applied.isEmpty)
    #expect(rewriting.refused.map(\.reason) == ["standard input cannot be rewritten"])
  }

  /// What is written is held against what the fixes say.
  @Test(arguments: [
    ("A: b", "A: b", [], true), ("A: b", "A: c", [], false), ("A: b", "A: c", ["services.*.environment.A"], true),
    ("A: b", "A: c", ["services.*.environment.B"], false), ("A: b", "A: c", ["services.*.environment"], true),
    ("A: b", "A: c", ["services.*"], true), ("A: b", "A: c", ["networks.*"], false),
    ("A: b, C: d", "A: b", ["services.*.environment.C"], true),
    ("A: b", "A: b, C: d", ["services.*.environment.A"], false), ("A.B: c", "A.B: d", ["services.*.environment.A.B"], true),
    ("A: b", "A: [", ["services.*"], false),
  ])
  func fixesAreHeldToWhatTheySay(_ before: String, _ after: String, _ changes: [String], _ isFine: Bool) {
    // Also in services whose profiles are not active.
    for profiles in ["", ", profiles: [p]"] {
      func stack(_ environment: String) -> CheckedStack {
        check("services: {b: {image: x:1}, a: {image: x:1\(profiles), environment: {\(environment)}}}\n")
      }
      let fixes = changes.isEmpty ? [] : [Fix("x", [], isSafe: true, changes: changes)]
      #expect(Rewriter.isAsSaid(fixes, stack(before), stack(after)) == isFine)
    }
  }

  /// Nothing that no service uses is lost either.
  @Test func unusedDeclarationsStay() {
    func stack(_ volumes: String) -> CheckedStack { check("services: {b: {image: x:1}}\nvolumes: {\(volumes)}\n") }
    #expect(!Rewriter.isAsSaid([], stack("v: {name: a}"), stack("v: {name: b}")))
    #expect(!Rewriter.isAsSaid([], stack("v: {name: a}"), stack("")))
    #expect(Rewriter.isAsSaid([], stack("v: {external: {name: a}}"), stack("v: {external: true, name: a}")))
    #expect(!Rewriter.isAsSaid([], stack("v: {external: {name: a}}"), stack("v: {external: true}")))
  }

  @Test func aKeyThatWouldStandTwiceIsNotCorrected() {
    let rewriting = rewrite("services: {a: {image: x:1, imge: y}}\n")
    #expect(rewriting.refused.map(\.reason) == ["the stack would not be the same with it"])
    #expect(rewriting.remaining.map(\.code) == ["MU0301"])
  }

  @Test func noFixHoldsAPassword() {
    let checked = check("services: {a: {image: x:1, environment: [A_PASSWORD=\"hunter2\", A_PASSWORD=\"hunter2\"]}}\n")
    #expect(checked.diagnostics.contains { $0.fix != nil })
    #expect(checked.diagnostics.filter { "\($0)".contains("hunter2") } == [])
  }

  @Suite struct EditedTextTests {
    private let source = SourceText(Array("añb\ncd\n".utf8))

    private func edit(_ from: (Int, Int), _ to: (Int, Int), _ text: String) -> TextEdit {
      TextEdit(SourceRange(file: "f", start: .init(line: from.0, column: from.1), end: .init(line: to.0, column: to.1)), text)
    }

    @Test func appliesFromTheEnd() {
      var text = EditedText(source)
      let fits = [
        text.add([edit((2, 1), (2, 2), "XY")]), text.add([edit((1, 2), (1, 3), "n")]), text.add([edit((2, 3), (2, 3), "!")]),
      ]
      #expect(fits == [true, true, true])
      #expect(String(decoding: text.bytes, as: UTF8.self) == "anb\nXYd!\n")
    }

    @Test func leavesOutWhatOverlaps() {
      var text = EditedText(source)
      let fits = [
        text.add([edit((1, 1), (1, 3), "")]), text.add([edit((1, 2), (1, 4), "x")]),
        // All or nothing.
        text.add([edit((2, 1), (2, 2), "x"), edit((1, 1), (1, 1), "y")]), text.add([edit((1, 3), (1, 4), "z")]),
      ]
      #expect(fits == [true, false, false, true])
      #expect(String(decoding: text.bytes, as: UTF8.self) == "z\ncd\n")
    }

    @Test func placesAndBytes() {
      let source = SourceText(Array("a\r\nbé\u{2028}c\rd".utf8))
      #expect(source.lineCount == 4)
      for offset in [0, 1, 3, 4, 6, 9, 10, 11, 12] {
        #expect(source.offset(source.position(offset)) == offset)
      }
      #expect(source.position(6) == .init(line: 2, column: 3))
      #expect(source.excerpt(2) == "bé" && source.excerpt(4) == "d" && source.excerpt(5) == nil)
      #expect(SourceText([]).lineCount == 1 && SourceText([]).offset(.init(line: 9, column: 9)) == 0)
    }
  }
}
