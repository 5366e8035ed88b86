import Diagnostics
import OCI
import PathPatterns
import StackModel
import TestSupport
import Testing

@testable import ImageBuilder

/// Whatever bytes come, the readers of Dockerfiles and ignore files read them or say what is wrong: they do not crash and do not run away.
@Suite struct FuzzTests {
  static let dockerfiles: [String] = [
    """
    # syntax=docker/dockerfile:1
    # escape=\\
    ARG VERSION=12 OTHER
    FROM --platform=$BUILDPLATFORM debian:${VERSION:-bookworm} AS base
    ENV PATH="/opt/bin:$PATH" NAME='a b' OLD one two
    RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=secret,id=t,required=true \\
      # a comment in between

      apt-get update && apt-get install -y curl
    RUN <<EOF cat >/x && <<-'TWO' cat
    one $NAME
    EOF
    \ttwo
    TWO
    SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
    HEALTHCHECK --interval=1m30s --retries=3 CMD ["curl", "-f", "http://localhost/"]
    """,
    """
    FROM scratch
    COPY --from=0 --chown=33:www-data --chmod=0755 --link --parents --exclude=**/*.log ["a b", "./c/./d/*.[ch]", "/dest/"]
    ADD --checksum=sha256:0123 https://example.org/x.tar.gz?y=${Z#*.} /tmp/
    EXPOSE 80/tcp 8000-8010 $PORT
    VOLUME ["/data", "/more"]
    USER ${UID:?no user}
    WORKDIR /a/../b/./c
    LABEL "a.b"="c d" e=f\\ g
    STOPSIGNAL SIGRTMIN+3
    ONBUILD COPY --chmod=644 . /src
    ENTRYPOINT exec top -b
    CMD []
    MAINTAINER nobody <nobody@example.org>
    """,
    "FROM a\r\nRUN echo \\\r\n  b\r\n",
  ]
  static let words =
    Keyword.allCases.map(\.rawValue) + [
      "\\\n", "<<EOF", "<<-\"E O F\"", "${", "${A:-", "${A//b*/c}", "${A%%*}", "$", "\"", "'", "[\"", "--from=", "--mount=type=bind,from=",
      "\n# escape=`\n", "\u{FEFF}", "\u{1F600}", "**/", "[^a-", "!", "sha256:",
    ]

  @Test func dockerfiles() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var mutations = Mutations(seed: seed, words: Self.words)
    let seeds = Self.dockerfiles.map { Array($0.utf8) }
    var (read, planned, refused) = (0, 0, 0)
    for number in 0..<size("MUSTER_TEST_FUZZ", usually: 3000) {
      let bytes = mutations.next(from: seeds)
      do {
        let file = try Dockerfile(parsing: bytes, file: "Dockerfile")
        read += 1
        let plan = try BuildPlan(file, target: nil, arguments: ["VERSION": "12", "BUILDPLATFORM": "linux/amd64"], name: "Dockerfile")
        for index in plan.needed() {
          for instruction in plan.stages[index].instructions { try carryOut(instruction, file.escape, plan.globals) }
        }
        planned += 1
      } catch {
        refused += 1
        #expect(error is DockerfileError || error is BuildError, "change \(number) of seed \(seed): \(error)")
        if "\(error)".isEmpty { Issue.record("change \(number) of seed \(seed): refused without a word") }
      }
    }
    #expect(read > 0 && planned > 0 && refused > 0, "\(read) read, \(planned) planned, \(refused) refused; seed \(seed)")
  }

  private func carryOut(_ instruction: Instruction, _ escape: UInt8, _ globals: [String: String]) throws {
    switch instruction.keyword {
    case .run, .copy, .add, .workdir:
      for flag in instruction.flags { _ = try StageState.scratch.expand(flag.value, instruction, escape) }
    default:
      var configuration = Configuration(state: .scratch, escape: escape, arguments: [:], globals: globals)
      try configuration.carryOut(instruction)
    }
  }

  @Test func ignoreFiles() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var mutations = Mutations(seed: seed, words: Self.words)
    let seeds = ["# all\n**/*.log\n!keep/*.log\n/a/b?/[a-z]*\n\\#x\n  spaced  \n", "*\n!src/**\nsrc/**/test[^.]\n.\n../x\n"].map { Array($0.utf8) }
    let paths = ["a/b1/c", "keep/x.log", "src/deep/er/testy", "\u{1F600}/x", "a"].map { $0.split(separator: "/").map { Array($0.utf8) } }
    var read = 0
    for _ in 0..<size("MUSTER_TEST_FUZZ", usually: 3000) {
      do throws(PatternError) {
        let rules = try IgnoreRules(parsing: mutations.next(from: seeds), file: ".dockerignore")
        for path in paths { _ = rules.ignore(path) }
        read += 1
      } catch {
        #expect(error.description.hasPrefix(".dockerignore:"), "seed \(seed)")
      }
    }
    #expect(read > 0)
  }

  /// Patterns that make other matchers try every way to cut a name.
  @Test func patternsDoNotRunAway() throws {
    let rules = try IgnoreRules(parsing: Array("**/**/**/**/**/**/*a*a*a*a*a*a*a*a*a*b\n".utf8), file: ".dockerignore")
    #expect(!rules.ignore((0..<24).map { _ in Array(String(repeating: "a", count: 60).utf8) }))
  }
}
