import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// `jobs`, which the schema does not have yet.
@Suite struct JobDecodeTests {
  /// A zone that needs no file of the machine: its rule stands in the footer.
  private static let berlin: String = {
    let part = "TZif2" + String(repeating: "\0", count: 31) + "\0\0\0\u{1}\0\0\0\u{1}" + String(repeating: "\0", count: 7)
    return part + part + "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
  }()

  private func found(_ text: String, files: [String: String] = [:], profiles: [String] = []) -> Diagnosed<LoadedStack> {
    load(text, files: files.merging(["/usr/share/zoneinfo/Europe/Berlin": Self.berlin, "/usr/share/zoneinfo/Europe/Odd": "odd"]) { $1 }) {
      $0.profiles = profiles
    }
  }

  private func said(_ jobs: String) -> [String] {
    lines(found("services: {web: {image: x}, db: {image: x, profiles: [p]}}\njobs:\n  \(jobs)"))
  }

  @Test func areWrittenAsServicesAre() throws {
    let loaded = found(
      """
      jobs:
        migrate: {image: example/migrations, command: up --all, triggers: {manual: true}}
        sync:
          image: example/sync
          network_mode: none
          triggers:
            schedule:
              - {cron: "*/5 * * * *", timezone: Europe/Berlin, concurrency: queue, missed_fires: skip}
              - "@daily"
        report: {image: r, network_mode: none, triggers: {schedule: 0 3 * * mon, manual: false}}
      """)
    #expect(lines(loaded) == [])
    let jobs = try #require(loaded.value?.stack.jobs)
    let sync = try #require(jobs["sync"])
    #expect(sync.definition.name == "sync" && sync.definition.image == "example/sync" && sync.definition.options.network == .none)
    #expect(
      sync.triggers
        == JobTriggers(schedules: [
          JobSchedule(cron: "*/5 * * * *", timezone: "Europe/Berlin", concurrency: .queue, missedFires: .skip),
          JobSchedule(cron: "@daily"),
        ]))
    #expect(jobs["report"]?.triggers == JobTriggers(isManual: false, schedules: [JobSchedule(cron: "0 3 * * mon")]))
    #expect(jobs["migrate"]?.triggers == JobTriggers(isManual: true))
    #expect(jobs["migrate"]?.definition.options.command == ["up", "--all"])
    #expect(loaded.value?.stack.services.isEmpty == true)
  }

  /// A stack of jobs alone has what they use.
  @Test func whatTheyUseIsPartOfTheStack() throws {
    let loaded = found(
      """
      jobs:
        backup:
          image: x
          env_file: backup.env
          networks: [back]
          volumes: ["data:/data"]
          secrets: [key]
          triggers: {schedule: "@daily"}
      networks: {back: {}, other: {}}
      volumes: {data: {}, other: {}}
      secrets: {key: {file: ./key}, other: {file: ./other}}
      """, files: ["/shop/backup.env": "TARGET=away"])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(stack.networks.keys.sorted() == ["shop_back"] && stack.volumes.keys.sorted() == ["shop_data"])
    #expect(stack.secrets.keys.sorted() == ["key"])
    #expect(stack.jobs?["backup"]?.definition.options.environment["TARGET"] == "away")
  }

  @Test func profiles() throws {
    let text = "services: {web: {image: x}}\njobs: {tidy: {image: x, profiles: [care], env_file: none.env, triggers: {manual: true}}}"
    let without = try #require(found(text).value?.stack)
    #expect(without.jobs == nil && without.disabledJobs?.keys.sorted() == ["tidy"])
    let with = found(text, files: ["/shop/none.env": ""], profiles: ["care"]).value?.stack
    #expect(with?.jobs?.keys.sorted() == ["tidy"] && with?.disabledJobs == nil)
  }

  @Test(arguments: [
    ("web: {image: x, triggers: {manual: true}}", "compose.yaml:3:3: error MU0306: the job \"web\" has the name of a service"),
    (
      "a: {image: x, triggers: {schedule: [\"* * *\"]}}",
      "compose.yaml:3:39: error MU0305: job \"a\", triggers, schedule: \"* * *\" is not a schedule: it has 3 fields instead of five"
    ),
    (
      "a: {image: x, triggers: {schedule: [{cron: 61 * * * *}]}}",
      "compose.yaml:3:46: error MU0305: job \"a\", triggers, schedule: \"61 * * * *\" is not a schedule: minute \"61\" is not between 0 and 59"
    ),
    (
      "a: {image: x, triggers: {schedule: 0 0 30 2 *}}",
      "compose.yaml:3:38: error MU0305: job \"a\", triggers, schedule: \"0 0 30 2 *\" never comes: there is no such day"
    ),
    (
      "a: {image: x, triggers: {schedule: [{cron: \"@daily\", timezone: Europe/Berlln}]}}",
      "compose.yaml:3:66: error MU0305: job \"a\", triggers, schedule: there is no time zone \"Europe/Berlln\""
    ),
    (
      "a: {image: x, triggers: {schedule: [{cron: \"@daily\", timezone: ../../etc/passwd}]}}",
      "compose.yaml:3:66: error MU0305: job \"a\", triggers, schedule: there is no time zone \"../../etc/passwd\""
    ),
    (
      "a: {image: x, triggers: {schedule: [{cron: \"@daily\", timezone: Europe/Odd}]}}",
      "compose.yaml:3:66: error MU0305: job \"a\", triggers, schedule: the file of the time zone \"Europe/Odd\", /usr/share/zoneinfo/Europe/Odd, is none"
    ),
    ("a: {image: x, triggers: {schedule: [{cron: \"@daily\", concurrency: skip}]}}", "compose.yaml:3:69: error MU0305"),
    ("a: {image: x, triggers: {schedule: [{cron: \"@daily\", missed_fires: all}]}}", "compose.yaml:3:70: error MU0305"),
    ("a: {image: x, triggers: {schedule: [{timezone: UTC}]}}", "error MU0307: job \"a\", triggers.schedule: the key \"cron\" is missing"),
    ("a: {image: x}", "error MU0307: job \"a\": the key \"triggers\" is missing"),
    ("a: {image: x, triggers: {}}", "error MU0307: job \"a\", triggers has neither manual nor schedule"),
    (
      "a: {image: x, triggers: {manual: true, schedule: \"@daily\"}}",
      "compose.yaml:3:36: error MU0306: job \"a\", triggers: manual and schedule stand beside each other"
    ),
    ("a: {image: x, triggers: {manual: false}}", "compose.yaml:3:36: warning MU0303: job \"a\" never runs"),
    (
      "a: {image: x, depends_on: [nobody], triggers: {manual: true}}",
      "compose.yaml:3:30: error MU0401: job \"a\" depends on \"nobody\", which is not declared"
    ),
    (
      "a: {image: x, depends_on: [db], triggers: {manual: true}}",
      "compose.yaml:3:30: error MU0401: job \"a\" depends on \"db\", whose profiles are not active"
    ),
    (
      "a: {image: x, depends_on: [b], triggers: {manual: true}}\n  b: {image: x, triggers: {manual: true}}",
      "job \"a\" depends on \"b\", which is a job: it can only be waited for until it has succeeded"
    ),
    (
      "a: {image: x, depends_on: {b: {condition: service_completed_successfully}}, triggers: {manual: true}}\n"
        + "  b: {image: x, depends_on: {c: {condition: service_completed_successfully}}, triggers: {manual: true}}\n"
        + "  c: {image: x, depends_on: {a: {condition: service_completed_successfully}}, triggers: {manual: true}}",
      "jobs wait for each other: a → b → c → a"
    ),
    (
      "a: {image: x, depends_on: {a: {condition: service_completed_successfully}}, triggers: {manual: true}}",
      "jobs wait for each other: a → a"
    ),
    (
      "a: {image: x, depends_on: {b: {condition: service_completed_successfully}}, triggers: {manual: true}}\n"
        + "  b: {image: x, profiles: [p], triggers: {manual: true}}",
      "compose.yaml:3:30: error MU0401: job \"a\" depends on \"b\", whose profiles are not active"
    ),
    ("a: {image: A, triggers: {manual: true}}", "job \"a\": invalid image name \"A\""),
    ("a: {triggers: {manual: true}}", "job \"a\" has neither an image nor a build context"),
  ])
  func mistakes(_ job: String, _ expected: String) {
    let found = said(job)
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  @Test func aJobWaitsForAnother() throws {
    let completed = "condition: service_completed_successfully"
    let loaded = load(
      """
      services: {db: {image: x}}
      jobs:
        report: {image: x, depends_on: {dump: {\(completed)}, db: {condition: service_started}, gone: {\(completed), required: false}}, triggers: {manual: true}}
        dump: {image: x, triggers: {schedule: "@daily"}}
        gone: {image: x, profiles: [p], triggers: {manual: true}}
      """)
    #expect(lines(loaded) == [])
    let report = try #require(loaded.value?.stack.jobs?["report"])
    #expect(report.definition.dependsOn["dump"] == Dependency(condition: .completed))
    #expect(report.definition.dependsOn.keys.sorted() == ["db", "dump"])
  }

  @Test func aServiceDependsOnNoJob() {
    let found = lines(
      found("services: {web: {image: x, depends_on: [a]}}\njobs: {a: {image: x, triggers: {manual: true}}}"))
    #expect(found.contains { $0.contains("service \"web\" depends on \"a\", which is not declared") }, "\(found)")
  }

  /// A job that is named is there, whatever its profiles.
  @Test func jobsMayBeNamed() {
    let text = "services: {web: {image: x}}\njobs: {a: {image: x, profiles: [p], triggers: {manual: true}}}"
    let loaded = load(text) { $0.services = ["a"] }
    #expect(lines(loaded) == [] && loaded.value?.stack.jobs?.keys.sorted() == ["a"])
    #expect(lines(load(text) { $0.services = ["nobody"] }).contains { $0.hasPrefix("error MU0401: no such service: nobody") })
  }
}
