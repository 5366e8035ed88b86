import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R16: the ten-thousandth command is as the first.
@Suite(.serialized) struct EnduranceRows {
  @Test func execsAgainAndAgain() async throws {
    let rounds = Size.of(60, full: 10_000)
    try await EngineOfOurOwn.with { engine in
      #expect(try await engine.up(engine.stack("again", ["a": "exec sleep 1000"]) { $0.network = .none }).failures == [])
      let first = try #require(try await engine.container("again-a-1").pid)
      let shim = try #require(try status(of: first, "PPid").flatMap { Int32($0) })
      // What is made once is made.
      for _ in 0..<Size.of(10, full: 200) { _ = try await engine.exec("again", "a", ["true"]) }
      let before = try picture(shim)
      var times: [Duration] = []
      let clock = ContinuousClock()
      for _ in 0..<rounds {
        let began = clock.now
        #expect(try await engine.exec("again", "a", ["true"]).code == 0)
        times.append(began.duration(to: clock.now))
      }
      let after = try picture(shim)
      tell("R16", "\(rounds) execs: \(told(times)); engine and shim: \(before) → \(after)")
      expectSame(before, after)
      let left = try await eventually {
        names(in: "/proc").compactMap { Int32($0) }.filter { (try? status(of: $0, "PPid")) == "\(shim)" }.count
      } until: {
        $0 == 1
      }
      #expect(left == 1)
    }
  }

  /// Starts that fail, on their last step and on an early one.
  @Test func startsThatFail() async throws {
    let rounds = Size.of(10, full: 1000)
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("failing", ["a": "", "b": ""])
      stack.services["a"]?.options.command = ["/nowhere"]
      stack.services["b"]?.options.user = "nobody-of-that-name"
      func round() async throws {
        let report = try await engine.up(stack)
        #expect(report.failures.count == 2, "\(report.failures)")
        #expect(try await engine.down("failing").failures == [])
      }
      for _ in 0..<Size.of(2, full: 20) { try await round() }
      let before = try picture(nil)
      var times: [Duration] = []
      let clock = ContinuousClock()
      for _ in 0..<rounds {
        let began = clock.now
        try await round()
        times.append(began.duration(to: clock.now))
      }
      let after = try picture(nil)
      tell("R16", "\(rounds) times two starts that fail: \(told(times)); engine: \(before) → \(after)")
      expectSame(before, after)
      #expect(await engine.backend.containers.all().isEmpty)
    }
  }

  /// Resident KiB and descriptors of this process and a shim.
  private func picture(_ shim: Int32?) throws -> [String: Int] {
    var found: [String: Int] = [:]
    for (name, pid) in [("engine", getpid())] + (shim.map { [("shim", $0)] } ?? []) {
      found["\(name) KiB"] = try status(of: pid, "VmRSS").flatMap { Int($0.prefix { $0.isNumber }) }
      found["\(name) descriptors"] = names(in: "/proc/\(pid)/fd").count
    }
    return found
  }

  /// In the full run nothing else runs in this process.
  private func expectSame(_ before: [String: Int], _ after: [String: Int]) {
    guard Size.isFull else { return }
    for (name, value) in after {
      let most = before[name].map { $0 + (name.hasSuffix("KiB") ? 2048 : 0) } ?? 0
      #expect(value <= most, "\(name): \(before[name] ?? 0) → \(value)")
    }
  }

  private func told(_ times: [Duration]) -> String {
    func percentile(_ part: ArraySlice<Duration>) -> (Duration, Duration) {
      let sorted = part.sorted()
      return (sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 99 / 100)])
    }
    let head = percentile(times.prefix(100))
    let tail = percentile(times.suffix(100))
    return "median \(head.0) → \(tail.0), p99 of the first 100 \(head.1), of the last \(tail.1)"
  }
}
