import Diagnostics
import Testing

@testable import ImageBuilder

@Suite struct DockerfileTests {
  private func parse(_ text: String) throws -> [Instruction] { try Dockerfile(parsing: Array(text.utf8), file: "Dockerfile").instructions }
  private func body(_ line: String) throws -> Instruction.Body? { try parse("FROM scratch\n" + line).last?.body }

  @Test(arguments: [
    ("RUN echo  a", Instruction.Body.command(.shell("echo  a"))),
    ("run [\"a\", \"b c\"]", .command(.exec(["a", "b c"]))),
    ("RUN [ \"$x\" = y ]", .command(.shell("[ \"$x\" = y ]"))),
    ("CMD []", .command(.exec([]))),
    (
      "ENV A=1 B=\"2 3\" C=4\\ 5",
      .pairs([.init(name: "A", value: "1"), .init(name: "B", value: "\"2 3\""), .init(name: "C", value: "4\\ 5")])
    ),
    ("ENV A b c  d", .pairs([.init(name: "A", value: "b c  d")])),
    ("ARG A B=2", .pairs([.init(name: "A", value: nil), .init(name: "B", value: "2")])),
    ("COPY a b c/", .words(["a", "b", "c/"])),
    ("COPY [\"a b\", \"c\"]", .words(["a b", "c"])),
    ("EXPOSE 80 443/udp", .words(["80", "443/udp"])),
    ("VOLUME [\"/a\", \"/b\"]", .words(["/a", "/b"])),
    ("WORKDIR /a b", .text("/a b")),
    ("HEALTHCHECK NONE", .health(nil)),
    ("HEALTHCHECK --interval=5s CMD curl -f x", .health(.shell("curl -f x"))),
    ("SHELL [\"/bin/bash\", \"-c\"]", .shell(["/bin/bash", "-c"])),
    ("ONBUILD RUN x", .onBuild("RUN x")),
    ("RUN a \\\n  b \\\n# comment\n\n  c", .command(.shell("a   b   c"))),
    ("RUN a \\\\", .command(.shell("a \\\\"))),
  ])
  func reads(line: String, expected: Instruction.Body) throws { #expect(try body(line) == expected) }

  @Test func readsHereDocuments() throws {
    let run = try #require(
      try parse("FROM scratch\nRUN <<EOF\na $x\n\tb\nEOF\nRUN cat <<-'X' <<Y\n\tone\n\tX\ntwo\nY\nCMD z").dropFirst().first)
    #expect(run.heredocs == [.init(name: "EOF", isExpanded: true, content: "a $x\n\tb\n")])
    let second = try parse("FROM scratch\nRUN cat <<-'X' <<Y\n\tone\n\tX\ntwo\nY\nCMD z")
    #expect(
      second[1].heredocs == [.init(name: "X", isExpanded: false, content: "one\n"), .init(name: "Y", isExpanded: true, content: "two\n")])
    #expect(second[2].keyword == .cmd)
  }

  @Test func readsDirectivesAndComments() throws {
    let file = try Dockerfile(
      parsing: Array("# syntax=docker/dockerfile:1\n# escape=`\n# a comment\n\nFROM scratch\nRUN a `\n b\n".utf8), file: "D")
    #expect(file.escape == UInt8(ascii: "`"))
    #expect(file.instructions.last?.body == .command(.shell("a  b")))
  }

  @Test(arguments: [
    ("FROM a\nRUM x", "Dockerfile:2:1: unknown instruction RUM (did you mean RUN?)"),
    ("FROM a\n\n  COPPY x y", "Dockerfile:3:3: unknown instruction COPPY (did you mean COPY?)"),
    ("FROM a\nCOPY --link=perhaps x y", "Dockerfile:2:6: --link is true or false, not 'perhaps'"),
    ("FROM a\nRUN --security=insecure x", "Dockerfile:2:5: RUN --security is not supported (flags of RUN here: --network, --mount)"),
    ("RUN x", "Dockerfile:1:1: RUN stands before the first FROM (only ARG may stand there)"),
    ("", "Dockerfile:1:1: the file has no FROM"),
    ("FROM a\nRUN <<EOF\nx", "Dockerfile:2:5: the here-document EOF is not ended by a line with only that word"),
    ("FROM a\nCOPY x", "Dockerfile:2:6: COPY needs a source and a destination"),
    ("FROM a\nENV A=1 B", "Dockerfile:2:9: 'B' is not NAME=VALUE (put the whole value in quotes if it has blanks)"),
    ("FROM a\nSHELL bash", "Dockerfile:2:7: SHELL needs the exec form (SHELL [\"/bin/bash\", \"-c\"])"),
    ("FROM a\nONBUILD FROM b", "Dockerfile:2:9: FROM cannot be an ONBUILD trigger"),
    (
      "# syntax=evil/frontend\nFROM a",
      "Dockerfile:1:1: the frontend 'evil/frontend' cannot be run here (Muster reads Dockerfiles itself: docker/dockerfile)"
    ),
  ])
  func refuses(text: String, message: String) {
    do {
      _ = try parse(text)
      Issue.record("no error")
    } catch { #expect("\(error)" == message) }
  }

  /// Whatever it is given, the parser returns or throws a place inside the file.
  @Test func neverTraps() {
    var generator = SplitMix(state: 7)
    let parts = [
      "FROM a", "RUN", " ", "\n", "\\", "\"", "'", "[", "]", ",", "<<E", "E", "#", "=", "$", "{", "}", "--from=", "COPY", "ENV A", "\u{0}",
      "é", "`",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int(generator.next() % 12)).map { _ in parts[Int(generator.next() % UInt64(parts.count))] }.joined()
      do { _ = try parse(text) } catch let error as DockerfileError {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect((1...max(1, lines)).contains(error.range.start.line), "\(text)")
      } catch { Issue.record("\(error)") }
    }
  }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct ExpansionTests {
  static let variables = ["a": "1", "empty": "", "path": "/usr/local/bin", "name": "web"]

  @Test(arguments: [
    ("$a", "1"), ("${a}b", "1b"), ("x$ay", "x"), ("\\$a", "$a"), ("'$a'", "$a"), ("\"$a b\"", "1 b"), ("${none:-d}", "d"),
    ("${empty:-d}", "d"),
    ("${empty-d}", ""), ("${a:+set}", "set"), ("${none+set}", ""), ("${none:-$a}", "1"), ("${none:-${empty:-z}}", "z"),
    ("${path##*/}", "bin"),
    ("${path#*/}", "usr/local/bin"), ("${path%/*}", "/usr/local"), ("${path%%/*}", ""), ("${name/e/E}", "wEb"),
    ("${path//\\//-}", "-usr-local-bin"),
    ("$", "$"), ("$$a", "$1"), ("a\\b", "ab"), ("\"a\\b\"", "a\\b"), ("${a}$name", "1web"),
  ])
  func expands(text: String, expected: String) throws {
    #expect(try Expansion.word(text) { Self.variables[$0] } == expected)
  }

  @Test(arguments: ["${a", "${}", "${a:x}", "'a", "\"a", "${none:?must be set}", "${none?}"])
  func refuses(text: String) {
    #expect(throws: Expansion.Failure.self) { try Expansion.word(text) { Self.variables[$0] } }
  }
}
