import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What ``KeyCheck`` makes of trees that variables, merging and `extends` have been through.
@Suite struct KeyCheckTests {
  /// Compose makes booleans and numbers of texts that variables were replaced in, where a key needs them.
  @Test func variablesMayStandForBooleansAndNumbers() throws {
    let text = """
      services:
        web:
          image: nginx
          depends_on: {db: {condition: $CONDITION, required: "${NEEDED}"}}
          networks: {default: {priority: "${PRIORITY}"}}
          healthcheck: {test: ok, retries: "${RETRIES}"}
        db: {image: redis}
      """
    let loaded = load(text, environment: ["CONDITION": "service_started", "NEEDED": "no", "PRIORITY": "7", "RETRIES": "4"])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(stack.services["web"]?.dependsOn["db"]?.isRequired == false)
    #expect(stack.services["web"]?.options.healthcheck?.retries == 4)
  }

  @Test func textsWithoutVariablesMayNot() {
    let text = "services: {web: {image: x, depends_on: {db: {condition: service_started, required: \"no\"}}}, db: {image: x}}"
    #expect(
      lines(load(text)) == [
        "compose.yaml:1:84: error MU0304: service \"web\", depends_on.db: required must be true or false, not a string | write it without quotes: false"
      ])
  }

  @Test func withoutInterpolationVariablesStandForAnything() {
    let text = """
      services:
        web:
          image: nginx
          depends_on: {db: {condition: $CONDITION, required: "${NEEDED}"}}
          networks: {default: {priority: "${PRIORITY}"}}
          container_name: ${NAME}
          pull_policy: $PULL
        db: {image: redis, cgroup: "${CGROUP:-private}"}
      """
    let loaded = load(text) { $0.interpolates = false }
    #expect(loaded.value != nil && lines(loaded) == [])
  }

  /// What several files have in common is no repetition; what one of them says twice is.
  @Test func mergingRepeatsNothing() {
    let over = ["/shop/compose.override.yaml": "services: {web: {cap_add: [NET_ADMIN, SYS_TIME], dns: 9.9.9.9, depends_on: [db]}}"]
    let text = "services: {web: {image: x, cap_add: [NET_ADMIN], dns: [9.9.9.9], depends_on: [db]}, db: {image: x}}"
    #expect(lines(load(text, files: over)) == [])
    let twice = ["/shop/compose.override.yaml": "services: {web: {cap_add: [SYS_TIME, SYS_TIME]}}"]
    #expect(
      lines(load(text, files: twice)) == [
        "compose.override.yaml:1:38: warning MU0308: service \"web\": cap_add has \"SYS_TIME\" twice | keep one of them; the other is in line 1, column 28"
      ])
  }

  @Test(arguments: [
    "base: {image: x, cap_add: [A]}\n  web: {extends: base, cap_add: [A]}",
    "web: {extends: base, cap_add: [A]}\n  base: {image: x, cap_add: [A]}",
  ])
  func extendingRepeatsNothing(_ services: String) {
    let errors = load("services:\n  \(services)\n").diagnostics.filter { $0.code == "MU0308" }
    #expect(errors == [])
  }

  /// Names alone are as good as mappings, and merge with them.
  @Test func dependenciesMergeWithNames() throws {
    let text = "services: {web: {image: x, depends_on: {db: {condition: service_started}}}, db: {image: x}, log: {image: x}}"
    let over = ["/shop/compose.override.yaml": "services: {web: {depends_on: [log], extra_hosts: [\"a:1.2.3.4\"]}}"]
    let more = over.merging(["/shop/more.yaml": "services: {web: {extra_hosts: [\"b:1.2.3.4\"]}}"]) { $1 }
    let loaded = load(text, files: more) { $0.files = ["compose.yaml", "compose.override.yaml", "more.yaml"] }
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(stack.services["web"]?.dependsOn.keys.map(\.rawValue).sorted() == ["db", "log"])
  }

  /// All of them, each once, in the order of the file.
  @Test func allErrorsAtOnce() {
    let text = "services:\n  web:\n    image: [x]\n    prts: []\n    ports: {a: b}\n    environment:\n  db: x\nvolumes: []\n"
    #expect(
      load(text).diagnostics.map { $0.range.map { "\($0.start.line):\($0.start.column)" } ?? "" } == [
        "3:12", "4:5", "5:12", "6:5", "7:7", "8:10",
      ])
  }

  @Test func partsWithoutSupportAreToldOnceAndStillChecked() {
    let text = "services: {web: {image: x, credential_spec: {fiel: a}}}"
    #expect(
      load(text).diagnostics.map { "\($0.range.map { "\($0.start.line):\($0.start.column)" } ?? "") \($0.code)" } == [
        "1:28 MU0302", "1:46 MU0301",
      ])
  }

  @Test func asksForNothing() {
    #expect(lines(load("services: {web: {image: x, gpus: [], external_links: [], use_api_socket: false, blkio_config: {}}}")) == [])
  }

  /// The specification's schema lets these have unknown keys; they are not dropped in silence.
  @Test func unknownKeysOfOpenMappingsAreWarnedAbout() {
    let found = lines(load("services: {web: {image: x}}\nsecrets: {a: {external: {nmae: b}}}"))
    #expect(
      found.contains(
        "compose.yaml:2:26: warning MU0303: secret \"a\", external: the key \"nmae\" is not known, and has no effect | did you mean \"name\"?"
      ),
      "\(found)")
  }

  @Test func jobsHaveTheKeysOfContainers() {
    let text = """
      services: {web: {image: x}}
      jobs:
        clean: {image: x, command: clean, triggers: {schedule: "0 3 * * *"}}
        backup: {image: x, triggers: {manual: false, schedule: [{cron: "0 4 * * *", timezone: UTC}]}}
        odd: {image: x, deploy: {}, triggers: {schedule: [{corn: x}]}}
      """
    #expect(
      lines(load(text)) == [
        "compose.yaml:5:19: error MU0301: job \"odd\": the key \"deploy\" is not known | only services have it; a job runs to its end",
        "compose.yaml:5:54: error MU0301: job \"odd\", triggers.schedule: the key \"corn\" is not known | did you mean \"cron\"?",
      ])
  }

  /// Files that are wrong in every line, or in one endless one, are told about within bounds.
  @Test func wrongEverywhere() {
    let keys = (0..<10_000).map { "    environmen\($0): x\n" }.joined()
    let many = load("services:\n  web:\n    environment:\n\(keys)").diagnostics
    #expect(many.count { $0.severity == .error } == 200)
    let long = String(repeating: "long", count: 10_000)
    let found = load(
      "services: {web: {image: x, privileged: [\(long)], cgroup: \(long), \"\(long.prefix(800))\": 1, group_add: [\(long), \(long)]}}"
    )
    .diagnostics
    #expect(
      found.map(\.code) == ["MU0304", "MU0305", "MU0301", "MU0308"], "\(found.map { $0.message.prefix(200) })")
    #expect(found.allSatisfy { $0.message.utf8.count < 400 && ($0.hint ?? "").utf8.count < 400 })
  }
}
