import ContainerSetup
import OCI
import Reconciler
import StackModel
import Testing

@testable import Engine

@Suite struct HealthMachineTests {
  private func check(startPeriod: Int64 = 0, startInterval: Int64? = nil) throws -> ResolvedHealthcheck {
    var spec = ContainerSpec(project: "p", service: "s", name: "p-s-1", image: "i")
    spec.options.healthcheck = Healthcheck(
      test: ["CMD", "true"], interval: .seconds(10), timeout: .seconds(1), startPeriod: .seconds(startPeriod),
      startInterval: startInterval.map { .seconds($0) }, retries: 3)
    return try #require(ResolvedHealthcheck(spec, ImageConfig()))
  }

  @Test func probesEarlyAndThenAtTheInterval() throws {
    var machine = HealthMachine(try check())
    #expect(machine.delay(sinceStart: .zero) == .milliseconds(250))
    #expect(machine.delay(sinceStart: .zero) == .milliseconds(500))
    #expect(machine.record(success: true, sinceStart: .seconds(1)) == .healthy)
    #expect(machine.delay(sinceStart: .seconds(1)) == .seconds(10))
  }

  @Test func isUnhealthyAfterRetriesInARow() throws {
    var machine = HealthMachine(try check())
    #expect(machine.record(success: false, sinceStart: .seconds(2)) == nil)
    #expect(machine.failures == 0)
    #expect(machine.record(success: false, sinceStart: .seconds(10)) == nil)
    #expect(machine.record(success: false, sinceStart: .seconds(20)) == nil)
    #expect(machine.record(success: false, sinceStart: .seconds(30)) == .unhealthy)
    #expect(machine.record(success: true, sinceStart: .seconds(40)) == .healthy)
    #expect(machine.failures == 0)
  }

  @Test func failuresInTheStartPeriodDoNotCountUntilTheFirstSuccess() throws {
    var machine = HealthMachine(try check(startPeriod: 60, startInterval: 2))
    for second in stride(from: 0, to: 60, by: 2) {
      #expect(machine.delay(sinceStart: .seconds(second)) <= .seconds(2))
      #expect(machine.record(success: false, sinceStart: .seconds(second)) == nil)
    }
    #expect(machine.failures == 0)
    #expect(machine.record(success: true, sinceStart: .seconds(59)) == .healthy)
    #expect(machine.record(success: false, sinceStart: .seconds(59)) == nil)
    #expect(machine.failures == 1)
  }

  /// However long a container takes to be ready, the time to the next probe is one.
  @Test(arguments: [nil, 1]) func aLongStartPeriodIsNoTrouble(startInterval: Int64?) throws {
    var machine = HealthMachine(try check(startPeriod: 86_400, startInterval: startInterval))
    let longest = Duration.seconds(startInterval ?? 5)
    var second = Duration.zero
    for number in 0..<500 {
      let delay = machine.delay(sinceStart: second)
      #expect(delay <= longest && (number < 6 || delay == longest))
      second += delay
      #expect(machine.record(success: false, sinceStart: second) == nil)
    }
    // After the start period it goes on to the interval.
    let delays = (0..<10).map { _ in machine.delay(sinceStart: .seconds(86_400)) }
    #expect(delays.last == .seconds(10))
  }
}

@Suite struct RestartMachineTests {
  /// An unhealthy container's restarts come ever more seldom, and end, until it has been healthy.
  @Test func unhealthyRestartsHaveABudgetAndABackOff() {
    var machine = RestartMachine()
    let delays = (0..<9).map { _ in machine.unhealthy(maximum: nil) }
    #expect(delays.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
    #expect(delays.last == .seconds(60))
    #expect(machine.unhealthy(maximum: 9) == nil)
    machine.becameHealthy()
    #expect(machine.unhealthy(maximum: 1) == .seconds(1))
    #expect(machine.unhealthy(maximum: 1) == nil)
    #expect(machine.count == 10)
  }

  @Test func doublesUpToAMinuteAndStartsAnewAfterALongRun() {
    var machine = RestartMachine()
    let delays = (0..<12).compactMap { _ in machine.ended(policy: .always, exitCode: 1, ran: .seconds(1), wasStopped: false) }
    #expect(delays.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
    #expect(delays.last == .seconds(60))
    #expect(machine.ended(policy: .always, exitCode: 1, ran: .seconds(10), wasStopped: false) == .milliseconds(100))
    #expect(machine.count == 13)
  }

  @Test(arguments: [
    (RestartPolicy.no, Int32(1), false, false), (.always, 0, false, true), (.always, 1, true, false), (.unlessStopped, 0, false, true),
    (.unlessStopped, 137, true, false), (.onFailure(maximum: nil), 0, false, false), (.onFailure(maximum: nil), 1, false, true),
    (.onFailure(maximum: 2), 1, true, false),
  ])
  func followsThePolicy(policy: RestartPolicy, code: Int32, stopped: Bool, restarts: Bool) {
    var machine = RestartMachine()
    #expect((machine.ended(policy: policy, exitCode: code, ran: .zero, wasStopped: stopped) != nil) == restarts)
  }

  @Test func onFailureStopsAtItsMaximum() {
    var machine = RestartMachine()
    let restarts = (0..<5).filter { _ in
      machine.ended(policy: .onFailure(maximum: 2), exitCode: 1, ran: .zero, wasStopped: false) != nil
    }
    #expect(restarts.count == 2)
  }

  @Test func aDelayOfItsOwnIsKeptExactly() {
    var machine = RestartMachine()
    let limits = RestartLimits(delay: .seconds(3))
    let delays = (0..<4).map { _ in machine.ended(policy: .always, limits: limits, exitCode: 0, ran: .zero, wasStopped: false) }
    #expect(delays == [.seconds(3), .seconds(3), .seconds(3), .seconds(3)])
    var hasty = RestartMachine()
    #expect(
      hasty.ended(policy: .always, limits: RestartLimits(delay: .seconds(0)), exitCode: 0, ran: .zero, wasStopped: false) == .zero)
  }

  @Test func attemptsAreLimitedForEveryConditionAndForgottenAfterARunAsLongAsTheWindow() {
    var machine = RestartMachine()
    let limits = RestartLimits(maximum: 2, window: .seconds(30))
    func restarts(after seconds: Int64) -> Bool {
      machine.ended(policy: .always, limits: limits, exitCode: 0, ran: .seconds(seconds), wasStopped: false) != nil
    }
    #expect([restarts(after: 1), restarts(after: 29), restarts(after: 1)] == [true, true, false])
    #expect([restarts(after: 30), restarts(after: 1), restarts(after: 1)] == [true, true, false])
    #expect(machine.count == 4)
  }
}
