import StackModel
import Testing

@testable import StackLoader

/// `command`, `healthcheck`, `environment`, `labels`, `depends_on`, durations, `restart`, `pull_policy`, hooks.
@Suite struct ShortSyntaxProcess {
  /// What no shell reads: words, quotes, and where Compose stops reading.
  static let commands: [ShortForm<[String]?>] = [
    .init("bundle exec thin -p 3000", ["bundle", "exec", "thin", "-p", "3000"]),
    .init("[bundle, exec, thin, -p, \"3000\"]", ["bundle", "exec", "thin", "-p", "3000"]), .init("", nil), .init("null", nil),
    .init("[]", []),
    .init("\"\"", []), .init("a 'b c'", ["a", "b c"]), .init("a \"b c\"", ["a", "b c"]), .init("a\\ b", ["a b"]),
    .init("'a \"b\\nc\"'", ["a", "bnc"]), .init("'a \"b\\\\c\"'", ["a", "b\\c"]), .init("\"a 'b\\\\c'\"", ["a", "b\\c"]),
    .init("a && b", ["a"]), .init("a; b", ["a"]), .init("a | b", ["a"]), .init("'a > b'", ["a"]), .init("a 2> b", ["a"]),
    .init("a & b", ["a"]),
    .init("a#b", ["a#b"]), .init("a \"b\" c\"d\"e", ["a", "b", "cde"]), .init("'\"\" a'", ["", "a"]),
    .init("a `b c` d", ["a", "`b c`", "d"]),
    .init("a $$(b c)", ["a", "$(b c)"]), .init("a{b,c}", ["a{b,c}"]), .init("a=b c", ["a=b", "c"]),
    .init("sh -c 'a && b'", ["sh", "-c", "a && b"]),
    .init("\"a \\\"x;y\\\" z;w\"", ["a", "x;y", "z"]), .init("a\\&b", ["a&b"]), .init("$$HOME", ["$HOME"]),
    .init("'a \"b'", refused: "has a quote or a bracket that is not closed"), .init("a \\", refused: "is not closed"),
    .init("a (b)", refused: "is not closed"), .init("a)b", refused: "is not closed"),
  ]
  @Test(arguments: commands) func readsCommand(_ form: ShortForm<[String]?>) { form.check("command", \.options.command) }
  @Test(arguments: commands) func readsEntrypoint(_ form: ShortForm<[String]?>) { form.check("entrypoint", \.options.entrypoint) }

  @Test func whatIsDroppedIsToldAbout() {
    #expect(
      service("command: npm install && npm start").lines == [
        "compose.yaml:4:14: warning MU0303: service \"web\": no shell reads command; what follows its words is dropped: \"&& npm start\" | for a shell write it as [sh, -c, \"…\"]"
      ])
  }

  static let checks: [ShortForm<Healthcheck?>] = [
    .init("{test: [CMD, curl, -f, \"http://localhost\"]}", Healthcheck(test: ["CMD", "curl", "-f", "http://localhost"])),
    .init("{test: [CMD-SHELL, \"curl -f x || exit 1\"]}", Healthcheck(test: ["CMD-SHELL", "curl -f x || exit 1"])),
    .init("{test: curl -f x || exit 1}", Healthcheck(test: ["CMD-SHELL", "curl -f x || exit 1"])),
    .init("{test: [NONE]}", Healthcheck(test: ["NONE"])),
    .init("{test: NONE}", Healthcheck(test: ["CMD-SHELL", "NONE"])), .init("{disable: true}", Healthcheck(test: ["NONE"])),
    .init("{disable: \"true\", test: x}", Healthcheck(test: ["NONE"])), .init("{test: []}", Healthcheck()),
    .init(
      "{interval: 1m30s, timeout: 10s, retries: \"3\", start_period: 40s, start_interval: 5s}",
      Healthcheck(interval: .seconds(90), timeout: .seconds(10), startPeriod: .seconds(40), startInterval: .seconds(5), retries: 3)),
    .init("{interval: 0s, retries: 0}", Healthcheck()), .init("{test: [curl]}", refused: "starts with \"curl\""),
    .init("{retries: -1}", refused: "retries \"-1\" must be between"), .init("{interval: 1ns}", refused: "interval \"1ns\" is too short"),
    .init("{interval: 5}", refused: "interval must be a duration, not a number | with a unit: 5s"),
  ]
  @Test(arguments: checks) func readsHealthcheck(_ form: ShortForm<Healthcheck?>) { form.check("healthcheck", \.options.healthcheck) }

  static let environments: [ShortForm<[String: String]>] = [
    .init("[RACK_ENV=development, SHOW=true, SET, UNSET]", ["RACK_ENV": "development", "SHOW": "true", "SET": "here"]),
    .init(
      "{RACK_ENV: development, SHOW: \"true\", SET: , N: 1, F: 1.5, B: false}",
      ["RACK_ENV": "development", "SHOW": "true", "SET": "here", "N": "1", "F": "1.5", "B": "false"]),
    .init("[A=a=b, \"B=\", \"C= \"]", ["A": "a=b", "B": "", "C": " "]), .init("[A=1, A=2]", ["A": "2"]), .init("{A: \"\"}", ["A": ""]),
    .init("[=1]", refused: "an environment variable has no name"),
    .init("{A: [1]}", refused: "environment: A must be a single value, not a list"),
  ]
  @Test(arguments: environments) func readsEnvironment(_ form: ShortForm<[String: String]>) {
    form.check("environment", \.options.environment)
  }

  static let labels: [ShortForm<[String: String]>] = [
    .init(
      "{com.example.a: x, com.example.b: \"\", c: 1, d: true, e: }",
      ["com.example.a": "x", "com.example.b": "", "c": "1", "d": "true", "e": ""]),
    .init("[com.example.a=x, com.example.b, \"c=d=e\"]", ["com.example.a": "x", "com.example.b": "", "c": "d=e"]),
    .init("[com.docker.compose.project=x]", refused: "the label \"com.docker.compose.project\" is reserved"),
  ]
  @Test(arguments: labels) func readsLabels(_ form: ShortForm<[String: String]>) { form.check("labels", \.options.labels) }
  @Test func labelsOfNetworksAndVolumesAreReservedToo() {
    let said = service(
      "networks: [n]", top: "networks: {n: {labels: {com.docker.compose.x: y}}}\nvolumes: {v: {labels: [com.docker.compose.y]}}"
    ).lines
    #expect(said.filter { $0.contains("is reserved") }.count == 2, "\(said)")
  }

  static let dependencies: [ShortForm<[ServiceName: Dependency]>] = [
    .init("[db]", ["db": Dependency()]), .init("{db: {condition: service_started}}", ["db": Dependency()]),
    .init("{db: {condition: service_healthy, restart: true}}", ["db": Dependency(condition: .healthy, restart: true)]),
    .init(
      "{db: {condition: service_completed_successfully, required: false}}", ["db": Dependency(condition: .completed, isRequired: false)]),
    .init("[bd]", refused: "depends on \"bd\", which is not declared | did you mean \"db\"?"),
    .init("{db: {condition: healthy}}", refused: "condition \"healthy\" is not known"),
    .init("[web]", refused: "services wait for each other: web → web"),
  ]
  @Test(arguments: dependencies) func readsDependsOn(_ form: ShortForm<[ServiceName: Dependency]>) { form.check("depends_on", \.dependsOn) }

  /// Sharing what another service has means starting after it.
  static let implied: [ShortForm<[ServiceName: Dependency]>] = [
    .init("links: [\"db:x\"]", ["db": Dependency(restart: true)]), .init("network_mode: \"service:db\"", ["db": Dependency()]),
    .init("volumes_from: [\"db:ro\"]", ["db": Dependency()]), .init("volumes_from: [\"container:db\"]", [:]),
    .init("pid: \"service:db\"", ["db": Dependency(restart: true)]), .init("ipc: \"service:db\"", ["db": Dependency(restart: true)]),
  ]
  @Test(arguments: implied) func readsImpliedDependencies(_ form: ShortForm<[ServiceName: Dependency]>) {
    let found = service(form.text, top: "  db: {image: postgres}")
    #expect(found.service?.dependsOn == form.value, "\(found.lines)")
  }

  static let spans: [ShortForm<Timespan>] = [
    .init("2.5s", .milliseconds(2500)), .init("10s", .seconds(10)), .init("1m30s", .seconds(90)), .init("2h32m", .seconds(9120)),
    .init("5h34m56s", .seconds(20096)), .init("1.5h", .seconds(5400)), .init(".5s", .milliseconds(500)), .init("1.s", .seconds(1)),
    .init("500ms", .milliseconds(500)), .init("5us", Timespan(nanoseconds: 5000)), .init("5µs", Timespan(nanoseconds: 5000)),
    .init("1s1h", .seconds(3601)), .init("\"0\"", .seconds(0)), .init("1d", .seconds(86_400)), .init("1w2d3h", .seconds(788_400)),
    .init("10", refused: "must be a duration, not a number | with a unit: 10s"), .init("1y", refused: "is not a duration"),
    .init("1m 30s", refused: "is not a duration"),
    .init("\"\"", refused: "is not a duration"), .init("-1s", refused: "is not a duration"), .init("1_000s", refused: "is not a duration"),
  ]
  @Test(arguments: spans) func readsDurations(_ form: ShortForm<Timespan>) { form.check("stop_grace_period", \.options.stopGracePeriod) }

  static let restarts: [ShortForm<RestartPolicy>] = [
    .init("\"no\"", .no), .init("no", .no), .init("\"\"", .no), .init("always", .always), .init("on-failure", .onFailure(maximum: nil)),
    .init("on-failure:3", .onFailure(maximum: 3)), .init("unless-stopped", .unlessStopped),
    .init("allways", refused: "restart \"allways\" is not known"),
    .init("on-failure:x", refused: "is not known"), .init("on-failure:-1", refused: "is not known"),
  ]
  @Test(arguments: restarts) func readsRestart(_ form: ShortForm<RestartPolicy>) { form.check("restart", \.options.restart) }

  static let policies: [ShortForm<PullPolicy>] = [
    .init("always", .always), .init("missing", .missing), .init("if_not_present", .missing), .init("never", .never),
    .init("\"\"", refused: "pull_policy \"\" is not known"),
    .init("alwys", refused: "pull_policy \"alwys\" is not known | did you mean \"always\"?"),
    .init("every_", refused: "pull_policy \"every_\" is not known"), .init("every_x", refused: "pull_policy \"every_x\" is not known"),
    .init("build", refused: "pull_policy build without build"),
  ]
  @Test(arguments: policies) func readsPullPolicy(_ form: ShortForm<PullPolicy>) { form.check("pull_policy", \.pullPolicy) }

  static let refreshes: [ShortForm<PullRefresh?>] = [
    .init("daily", .olderThan(.seconds(86_400))), .init("weekly", .olderThan(.seconds(604_800))),
    .init("every_12h", .olderThan(.seconds(43_200))),
    .init("every_1w2d3h4m5s", .olderThan(.seconds(788_645))), .init("refresh", .whenStale), .init("missing", nil),
    .init("refresh\npull_refresh_after: 30m", .olderThan(.seconds(1800))),
  ]
  @Test(arguments: refreshes) func readsPullRefresh(_ form: ShortForm<PullRefresh?>) {
    form.check("pull_policy") { $0.requests?.pullRefresh }
  }
}
