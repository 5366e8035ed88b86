import Diagnostics
import Glibc
import LinuxKit
import OCI
import StackModel
import TestSupport
import Testing

@testable import ImageBuilder

/// BuildKit's rules, each with what breaks it and what does not.
@Suite struct LintTests {
  private func lint(
    _ text: String, arguments: [String: String] = [:], known: @escaping (String) -> ImageConfig.Execution? = { _ in nil }
  ) throws -> [String] {
    let file = try Dockerfile(parsing: Array(text.utf8), file: "Dockerfile")
    return Linter.warnings(
      in: file, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), arguments: arguments,
      options: file.check, known: known
    ).map { "\($0.range.start.line) \($0.rule): \($0.detail)" }
  }

  @Test(arguments: [
    ("FROM a AS Base", "1 StageNameCasing: Stage name 'Base' should be lowercase"),
    ("FROM a as base", "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match"),
    ("FROM a AS x\nFROM b AS x", "2 DuplicateStageName: Duplicate stage name \"x\", stage names should be unique"),
    ("FROM a AS context", "1 ReservedStageName: Stage name should not use the same name as reserved stage \"context\""),
    ("FROM a\nCMD b", "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"),
    ("FROM a\nMAINTAINER me", "2 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"),
    ("ARG VERSION=1\nFROM a:${VERSON}b", "2 UndefinedArgInFrom: FROM argument 'VERSON' is not declared (did you mean VERSION?)"),
    ("FROM a\nWORKDIR b", "2 WorkdirRelativePath: Relative workdir \"b\" can have unexpected results if the base image changes"),
    ("FROM a\nRUN b \\\n\n c", "2 NoEmptyContinuation: Empty continuation line"),
    ("FROM a\nRUN b \\\n\nUSER c", "2 NoEmptyContinuation: Empty continuation line"),
    (
      "FROM a\nRUN b\nUSER c\nuser d",
      "4 ConsistentInstructionCasing: Command 'user' should match the case of the command majority (uppercase)"
    ),
    ("from a\nrun b\nUser c", "3 ConsistentInstructionCasing: Command 'User' should match the case of the command majority (lowercase)"),
    (
      "FROM a\nCMD [\"b\"]\nCMD [\"c\"]",
      "2 MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only the last one will be used"
    ),
    ("FROM a\nENV b c", "2 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format"),
    ("FROM a\nLABEL b c", "2 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format"),
    (
      "FROM a\nEXPOSE 127.0.0.1:80:80",
      "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'"
    ),
    ("FROM a\nEXPOSE 80/TcP", "2 ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"),
    (
      "FROM --platform=$TARGETPLATFORM a",
      "1 RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
    ),
    (
      "FROM --platform=linux/amd64 a",
      "1 FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\""
    ),
    ("FROM a\nARG API_TOKEN", "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"API_TOKEN\")"),
    ("FROM a\nENV Password=x", "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ENV \"Password\")"),
    ("ARG BASE\nFROM $BASE", "2 InvalidDefaultArgInFrom: Default value for ARG $BASE results in empty or invalid base image name"),
    ("FROM scratch\nCOPY $fle /", "2 UndefinedVar: Usage of undefined variable '$fle'"),
    ("FROM scratch\nARG name=x\nENV a=${nam}", "3 UndefinedVar: Usage of undefined variable '$nam' (did you mean $name?)"),
  ])
  func finds(text: String, expected: String) throws {
    #expect(try lint(text, arguments: ["BASE": "a"]) == [expected])
    // And leaves it out where it is asked to.
    let rule = try #require(expected.split(separator: " ").dropFirst().first?.dropLast())
    #expect(try lint("# check=skip=Other, \(rule)\n" + text, arguments: ["BASE": "a"]) == [])
    #expect(try lint("# check=skip=all;error=true\n" + text, arguments: ["BASE": "a"]) == [])
  }

  @Test(arguments: [
    "FROM a AS base\nFROM base AS other\nCMD [\"x\"]\n", "from a as b\nrun x\n", "FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nCMD x\n",
    "FROM a\nWORKDIR /b\nWORKDIR c\n", "FROM a AS b\nWORKDIR /x\nFROM b\nWORKDIR y\n", "FROM a\nRUN b \\\n# a comment\n c\n",
    "FROM a\nRUN <<EOF\na \\\n\nb\nEOF\n", "FROM a AS x\nCMD [\"b\"]\nFROM x\nCMD [\"c\"]\n", "FROM a\nENV b=c d=\"e f\"\nLABEL g=h\n",
    "FROM --platform=$BUILDPLATFORM a\n", "FROM --platform=linux/amd64 a AS build-amd64\n",
    "FROM a\nENV TOKEN_FILE=/x PUBLIC_KEY=y MONKEY=z\n",
    "ARG TAG=1\nFROM a:${TAG}\n", "FROM ${X:-a}\n", "FROM scratch\nARG B\nENV c=$B d=${e:-f} PATH=/x:$PATH\n", "FROM a\nENV c=$b\n",
    "FROM scratch\nRUN echo $x\nCMD [\"$y\"]\n", "arg X=1\nFROM a:$X\n", "FROM a\nCOPY <<EOF /x\n\nEOF\n",
  ])
  func hasNothingAgainst(text: String) throws { #expect(try lint(text) == []) }

  @Test func knownImagesSayWhatTheySet() throws {
    var execution = ImageConfig.Execution()
    execution.env = ["HOME_DIR=/srv"]
    execution.shell = ["/bin/bash", "-c"]
    let known = execution
    let found = try lint("FROM a\nWORKDIR $HOME_DIR\nCOPY $OTHER .\nCMD x\n") { $0 == "a" ? known : nil }
    #expect(found == ["3 UndefinedVar: Usage of undefined variable '$OTHER'"])
  }

  @Test func severalComeInTheOrderOfTheirLines() throws {
    let found = try lint("FROM a as B\nCMD x\nENV KEY y\nCMD z\n").map { $0.prefix { $0 != ":" } }
    #expect(
      found == [
        "1 FromAsCasing", "1 StageNameCasing", "2 JSONArgsRecommended", "2 MultipleInstructionsDisallowed", "3 LegacyKeyValueFormat",
        "3 SecretsUsedInArgOrEnv", "4 JSONArgsRecommended",
      ])
  }

  @Test(arguments: ["skip", "error=perhaps", "skip=A;loud=true"]) func optionsThatAreNoneAreRefused(text: String) {
    #expect(throws: DockerfileError.self) { try lint("# check=\(text)\nFROM a\n") }
  }

  @Test func everyRuleHasAPage() {
    #expect(LintRule.jsonArgsRecommended.url == "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/")
    #expect(LintRule.secretsUsedInArgOrEnv.url == "https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/")
    #expect(LintRule.fromAsCasing.url == "https://docs.docker.com/go/dockerfile/rule/from-as-casing/")
  }

  @Test func aCheckBuildsNothingAndSaysWhatIsWrong() async throws {
    let fixture = try BuildFixture()
    let builder = ImageBuilder(store: fixture.store, sandbox: fixture.sandbox)
    let found = try await builder.check(BuildSpec(context: fixture.context, inlineDockerfile: "FROM nowhere\nRUN x\nCMD y\n"))
    #expect(found.warnings.map(\.rule) == ["JSONArgsRecommended"] && found.problem == nil)
    #expect(found.lines == ["FROM nowhere", "RUN x", "CMD y", ""])
    let broken = try await builder.check(BuildSpec(context: fixture.context, inlineDockerfile: "FROM a\nRUM x\n"))
    #expect(broken.problem == "dockerfile_inline:2:1: unknown instruction RUM (did you mean RUN?)" && broken.warnings == [])
    let target = try await builder.check(BuildSpec(context: fixture.context, inlineDockerfile: "FROM a AS B\n", target: "c"))
    #expect(target.problem?.contains("no stage named c") == true && target.warnings.map(\.rule) == ["StageNameCasing"])
    try fixture.write("in/Dockerfile", "FROM a\nCMD y\n")
    try await run("tar", "-czf", fixture.path + "/in.tar", "-C", fixture.path + "/in", ".").expect()
    let sent = try await builder.check(BuildSpec(context: "-", dockerfile: "Dockerfile"), sent: .archive(fixture.path + "/in.tar"))
    #expect(sent.warnings.first?.range.description == "Dockerfile:2:1")
    #expect(fixture.sandbox.ran == [])
    #expect(try fixture.names("images/temp") == [])
  }

  @Test func warningsEndABuildThatAsksForIt() async throws {
    let fixture = try BuildFixture()
    let text = "# check=error=true\nFROM scratch\nLABEL a b\n"
    let error = await #expect(throws: DockerfileError.self) { try await fixture.build(text) }
    #expect(error?.message.hasPrefix("LegacyKeyValueFormat: ") == true && error?.range.start.line == 3)
    try await fixture.build(text) { $0.arguments["BUILDKIT_DOCKERFILE_CHECK"] = "skip=LegacyKeyValueFormat;error=true" }
    #expect(!fixture.lines.contains { $0.contains("BUILDKIT_DOCKERFILE_CHECK") })
  }

  @Test func ofTwoStagesOfANameTheLastOneIsMeant() async throws {
    let fixture = try BuildFixture()
    try fixture.write("context/one", "")
    try fixture.write("context/two", "")
    let image = try await fixture.build("FROM scratch AS x\nCOPY one /\nFROM scratch AS x\nCOPY two /\nFROM x\nCOPY --from=x two /three\n")
    #expect(try fixture.view(image).open(".", O_RDONLY | O_DIRECTORY).entries().map(\.text).sorted() == ["three", "two"])
  }
}
