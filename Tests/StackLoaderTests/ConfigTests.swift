import Diagnostics
import Foundation
import OCI
import Testing

@testable import StackLoader

/// `config` against Docker Compose: every key in its short and long form, and whole stacks. `Config/record.py` writes down what Compose
/// says; `newer-…` are about what 2.26.1 does not know, with answers by hand after the specification and compose-go.
@Suite struct ConfigTests {
  /// Where Muster prints something else than 2.26.1, and why.
  static let deliberate = [
    "blkio-differs": "2.26.1's JSON has the keys of devices in capitals, which no version of it reads",
    "create-host-path-differs": "create_host_path: false is left out by 2.26.1; later versions, where true is the default, print it",
    "credential-spec-config-differs": "2.26.1 drops the config that credential_spec refers to, and then refuses what it printed",
    "dates-differ": "2.26.1 makes a moment of a date that is not quoted, and prints Go's form of it",
    "empty-names-differ": "2.26.1 prints no name for a network whose name is empty; later versions print the name that it gets",
    "include-directory-differs": "2.26.1 ignores project_directory of include; the specification says that paths start there",
    "ipam-options-differ": "Compose drops ipam.options, although its schema has them",
    "keys-with-dollar-differ": "Compose doubles dollar signs in keys, where it does not read them so: each round doubles them again",
    "mode-text-differs": "2.26.1 reads a mode that is a text in base 10; later versions in base 8, as everyone means it",
    "no-interpolate-arguments-differ": "without interpolation, 2.26.1 drops arguments that are passed through; they are kept as they are",
    "ssh-path-differs": "Compose prints a key's path so that its JSON is broken and its YAML means something else",
    "text-with-leading-line-differs": "Compose's YAML loses an empty first line",
    "ulimits-zero-differ": "Compose's JSON leaves out a limit of 0, and then refuses what it printed",
    "variable-volume-differs": "what a volume is whose source is a variable is not known before the variable is",
    "volume-letter-differs": "2.26.1 takes a volume whose name is one letter for a drive of Windows",
  ]

  @Test(arguments: RecordedStack.printed) func printsWhatComposePrints(_ stack: RecordedStack) throws {
    let loaded = loadStack(stack.request)
    let value = try #require(loaded.value, "\(lines(loaded).filter { $0.contains("error") })")
    #expect(differences(try parseJSON(stack.render(value, .json)), try parseJSON(stack.text("expected.json"))) == [])
    // To the letter: the same order of keys, the same quotes.
    #expect(stack.render(value, .yaml) == (try stack.text("expected.yaml")))
  }

  @Test(arguments: RecordedStack.refused) func refusesWhatComposeRefuses(_ stack: RecordedStack) {
    #expect(loadStack(stack.request).value == nil)
  }

  /// A difference that is none any more is told about.
  @Test func differencesAreNamed() throws {
    let named = RecordedStack.all.map(\.name).filter { $0.hasSuffix("-differ") || $0.hasSuffix("-differs") }
    #expect(Set(named) == Set(Self.deliberate.keys))
    for stack in RecordedStack.all where Self.deliberate[stack.name] != nil && stack.has("docker.yaml") {
      let isSame = try stack.text("docker.yaml") == stack.text("expected.yaml") && stack.text("docker.json") == stack.text("expected.json")
      #expect(!isSame, "\(stack.name)")
    }
  }

  /// What is printed means the same when it is read again.
  @Test(arguments: RecordedStack.printed.filter { !$0.words.contains("--") }) func readsItsOwnOutput(_ stack: RecordedStack) throws {
    let first = try #require(loadStack(stack.request).value)
    for format in [ConfigFormat.yaml, .json] {
      let text = stack.render(first, format)
      let again = loadStack(
        LoadRequest(
          files: ["/x/compose.yaml"], projectDirectory: "/x", profiles: ["*"], environment: stack.environment, currentDirectory: "/x"),
        reader: MemoryFiles(files: ["/x/compose.yaml": text]))
      let second = try #require(again.value, "\(lines(again).filter { $0.contains("error") })\n\(text)")
      #expect(renderConfig(second, format: format) == text)
    }
  }

  @Test func hashesMeaning() throws {
    func hash(_ text: String) throws -> String? {
      serviceHash("a", of: try #require(load("services:\n  a: \(text)\n  b: {image: y}").value))
    }
    let short = try hash("{image: x, ports: [\"80:80\"], environment: [A=1], mem_limit: 1g}")
    let long = try hash(
      "{mem_limit: 1024m, environment: {A: 1}, ports: [{target: 80, published: 80}], image: x, scale: 2, depends_on: [b]}")
    #expect(short == long)
    #expect(short?.count == 64)
    #expect(try hash("{image: x, ports: [\"80:81\"], environment: [A=1], mem_limit: 1g}") != short)
    var abc = SHA256Hash()
    abc.update("abc".utf8)
    #expect(abc.finish().hasPrefix("ba7816bf"))
  }

  @Test func findsVariables() throws {
    let text = """
      name: ${PROJECT:-p}
      services:
        a:
          image: x:${TAG:-${BASE:-1}}
          environment: {A: $PLAIN, B: "$$NO", C: "${MUST:?say}", D: "${ALT:+other}", E: "${TAG:-late}", F: "${MUST2?}"}
      """
    let loaded = load(text) { $0.interpolates = false }
    let found = try #require(loaded.value).templateVariables
    #expect(found.map(\.name) == ["ALT", "BASE", "MUST", "MUST2", "PLAIN", "PROJECT", "TAG"])
    #expect(found.filter(\.isRequired).map(\.name) == ["MUST", "MUST2"])
    #expect(found.map(\.fallback) == ["", "1", "", "", "", "p", "${BASE:-1}"])
    #expect(found[0].alternative == "other")
    guard case .map(let json) = try parseJSON(renderVariables(found, format: .json)) else { throw ConfigError.shape }
    #expect(
      json["ALT"]
        == .map(["Name": .string("ALT"), "DefaultValue": .string(""), "PresenceValue": .string("other"), "Required": .bool(false)]))
  }

  @Test func listsNames() throws {
    let text = """
      services:
        a: {image: x, networks: [n], volumes: ["used:/v"], models: [llm], depends_on: [b]}
        b: {build: .}
        c: {image: z, profiles: [p]}
      networks: {n: , unused: }
      volumes: {used: , unused: }
      models: {llm: {model: m}, other: {model: m}}
      """
    let value = try #require(load(text) { $0.projectName = "shop" }.value)
    #expect(value.serviceNames == ["a", "b"])
    #expect(value.networkKeys == ["default", "n"])
    #expect(value.volumeKeys == ["used"])
    #expect(value.modelKeys == ["llm"])
    #expect(value.imageNames() == ["x", "shop-b"])
    #expect(value.imageNames(of: ["b"]) == ["shop-b"])
    #expect(value.declaredProfiles == ["p"])
    #expect(value.imagesWithoutDigest().map(\.image) == ["x"])
    #expect(value.environmentLines == ["COMPOSE_PROJECT_NAME=shop"])
  }

  @Test func leavesEnvironmentFilesUnread() throws {
    let text = "services:\n  a: {image: x, env_file: none.env, environment: [A, B=1]}"
    #expect(load(text).value == nil)
    let loaded = load(text, environment: ["A": "given"]) { $0.readsEnvironmentFiles = false }
    let printed = renderConfig(
      try #require(loaded.value, "\(lines(loaded))"), format: .yaml, options: ConfigOptions(resolvesEnvironment: false))
    #expect(printed.contains("env_file:\n      - path: /shop/none.env\n        required: true"))
    #expect(printed.contains("A: null"))
  }

  enum ConfigError: Error { case shape }
}
