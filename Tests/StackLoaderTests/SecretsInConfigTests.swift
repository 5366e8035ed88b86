import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// Values of secrets are in nothing that `config` prints, and what it prints still means the same.
@Suite struct SecretsInConfigTests {
  static let canary = "canary-8f3a51"
  static let text = """
    x-note: ${TOKEN}
    services:
      a:
        image: x:${TOKEN}
        command: run --token ${TOKEN} "$$HOME"
        environment: {WHOLE: "${TOKEN}", PART: "user:${TOKEN}@host", OTHER: plain, NUMBER: 12345}
        labels: ["l=${TOKEN}"]
        healthcheck: {test: "check ${TOKEN}"}
        build: {context: ., args: [TOKEN]}
        secrets: [token]
      b:
        image: y
        environment: [TOKEN]
        env_file: b.env
    secrets:
      token: {environment: TOKEN}
    """

  private func loaded(_ text: String = text) -> Diagnosed<LoadedStack> {
    load(text, files: ["/shop/b.env": "FROM_FILE=${TOKEN}\n"], environment: ["TOKEN": Self.canary])
  }

  @Test(arguments: [ConfigFormat.yaml, .json]) func hidesThem(_ format: ConfigFormat) throws {
    let value = try #require(loaded().value, "\(lines(loaded()))")
    let printed = renderConfig(value, format: format)
    #expect(!printed.contains(Self.canary))
    for line in ["user:${TOKEN}@host", "x:${TOKEN}", "check ${TOKEN}", "$$HOME"] { #expect(printed.contains(line), "\(line)\n\(printed)") }
    #expect(!renderImages(value, format: format).contains(Self.canary))
    // Read again with the same variables it is the same stack, and is printed the same.
    let again = loaded(printed)
    let second = try #require(again.value, "\(lines(again))")
    #expect(renderConfig(second, format: format) == printed)
    #expect(second.stack.services["a"]?.options.environment["PART"] == "user:\(Self.canary)@host")
  }

  @Test func hidesThemAmongVariables() throws {
    let value = try #require(loaded().value)
    #expect(value.environmentLines == ["COMPOSE_PROJECT_NAME=shop", "TOKEN=***"])
    #expect(!renderVariables(value.templateVariables, format: .yaml).contains(Self.canary))
  }

  /// What the file says in plain text it says to everyone who has it.
  @Test func leavesWhatIsWritten() throws {
    let text = "services:\n  a: {image: x, environment: {USER: root, PASSWORD: \"${P}\"}, secrets: [p]}\nsecrets: {p: {environment: P}}"
    let value = try #require(load(text, environment: ["P": "root"]).value)
    let printed = renderConfig(value, format: .yaml)
    #expect(printed.contains("PASSWORD: ${P}\n      USER: root"))
  }
}
