import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

@Suite struct CommandTests {
  @Test(
    arguments: [
      (nil, nil, ["e", "c"]), (["x"], nil, ["x"]), (nil, ["y"], ["e", "y"]), (["x"], ["y"], ["x", "y"]), ([], nil, ["c"]), (nil, [], ["e"]),
      ([], ["y"], ["y"]),
    ] as [([String]?, [String]?, [String])])
  func rules(entrypoint: [String]?, command: [String]?, expected: [String]) throws {
    var image = ImageConfig.Execution()
    image.entrypoint = ["e"]
    image.cmd = ["c"]
    var options = ContainerOptions()
    options.entrypoint = entrypoint
    options.command = command
    #expect(try processArguments(options, image) == expected)
  }

  @Test func nothingToRun() {
    let error = #expect(throws: SetupError.self) { try processArguments(ContainerOptions(), ImageConfig.Execution()) }
    #expect(error?.message.contains("no command specified") == true)
  }

  @Test func nulIsRefused() {
    #expect(throws: SetupError.self) { try lines { $0.spec.options.command = ["a\u{0}b"] } }
    #expect(throws: SetupError.self) { try lines { $0.spec.options.environment = ["A": "\u{0}"] } }
    #expect(throws: SetupError.self) { try lines { $0.spec.options.environment = ["A=B": "c"] } }
  }
}

@Suite struct EnvironmentTests {
  @Test func layers() throws {
    let merged = try mergedEnvironment(
      hostname: "web", hasTerminal: true, image: ["PATH=/bin", "A=1", "broken", "=x", "B=a=b"],
      own: ["C": "3", "A": "2", "HOSTNAME": "mine"])
    #expect(merged == ["PATH=/bin", "HOSTNAME=mine", "TERM=xterm", "A=2", "B=a=b", "C=3"])
  }

  @Test func dockersPath() throws {
    #expect(
      try mergedEnvironment(hostname: "h", hasTerminal: false, image: [], own: [:]) == [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=h",
      ])
  }
}

@Suite struct SignalTests {
  @Test(
    arguments: [
      ("SIGTERM", 15), ("term", 15), ("9", 9), ("SIGRTMIN+3", 37), ("RTMAX-1", 63), ("SIGWINCH", 28), ("0", nil), ("65", nil), ("SIG", nil),
      ("RTMIN+31", nil), ("", nil), ("-1", nil),
    ] as [(String, Int32?)])
  func names(text: String, number: Int32?) {
    #expect(signalNumber(text) == number)
  }

  @Test func stopSignals() {
    var values = inputs()
    #expect(stopSignal(values.spec, values.image) == 15)
    values.image.config?.stopSignal = "SIGQUIT"
    #expect(stopSignal(values.spec, values.image) == 3)
    values.spec.options.stopSignal = "SIGWINCH"
    #expect(stopSignal(values.spec, values.image) == 28)
  }
}

@Suite struct HealthcheckTests {
  private func resolved(_ own: Healthcheck?, _ change: (inout ImageConfig.Health) -> Void = { _ in }) -> ResolvedHealthcheck? {
    var values = inputs()
    var health = ImageConfig.Health()
    health.test = ["CMD-SHELL", "exit 0"]
    change(&health)
    values.image.config?.healthcheck = health
    values.spec.options.healthcheck = own
    return ResolvedHealthcheck(values.spec, values.image)
  }

  @Test func defaults() throws {
    let check = try #require(resolved(nil))
    #expect(check.probe == .command(["/bin/sh", "-c", "exit 0"]))
    #expect(check.interval == .seconds(30))
    #expect(check.timeout == .seconds(30))
    #expect(check.startPeriod == .seconds(0))
    #expect(check.startInterval == .seconds(5))
    #expect(check.retries == 3)
  }

  @Test func fieldsAreMerged() throws {
    let check = try #require(
      resolved(Healthcheck(interval: .seconds(1), retries: 7)) {
        $0.timeout = 2_000_000_000
        $0.interval = 9
        $0.retries = 1
      })
    #expect(check.probe == .command(["/bin/sh", "-c", "exit 0"]))
    #expect(check.interval == .seconds(1))
    #expect(check.timeout == .seconds(2))
    #expect(check.retries == 7)
  }

  @Test func ownTestAndNone() {
    #expect(resolved(Healthcheck(test: ["CMD", "curl", "-f"]))?.probe == .command(["curl", "-f"]))
    #expect(resolved(Healthcheck(test: ["NONE"])) == nil)
    #expect(resolved(nil) { $0.test = nil } == nil)
  }
}

@Suite struct ExecTests {
  @Test func asTheContainer() throws {
    let plan = try execPlan(
      inputs {
        $0.spec.options.user = "www-data"
        $0.spec.options.environment = ["A": "1"]
      }, ExecOptions(command: ["ls", "-l"], environment: ["A": "2"]))
    #expect(
      plan.steps.map(\.description) == [
        "join cgroups", "setsid", "new session keyring", "umask 022", "chdir /", "caps bounding a80425fb", "seccomp slot 1",
        "user www-data",
        "caps effective a80425fb permitted a80425fb inheritable 0 ambient 0", "die with parent", "exec ls -l",
      ])
    #expect(plan.slots == [.cgroupProcs(0), .seccomp])
    guard case .execute(_, let environment) = plan.steps.last else {
      Issue.record("no program")
      return
    }
    #expect(environment.contains("A=2"))
    #expect(!environment.contains("A=1"))
  }

  @Test func otherwise() throws {
    let plan = try execPlan(
      inputs(), ExecOptions(command: ["sh"], user: "0", workingDirectory: "/tmp", isPrivileged: true, hasTerminal: true))
    let steps = plan.steps.map(\.description)
    #expect(steps.contains("caps bounding 1ffffffffff"))
    #expect(steps.contains("chdir /tmp"))
    #expect(steps.contains("controlling terminal"))
    #expect(plan.capabilities.rawValue == 0xa804_25fb)
    #expect(throws: SetupError.self) { try execPlan(inputs(), ExecOptions(command: [])) }
  }
}
