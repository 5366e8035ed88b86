import ArgumentParser
import StackModel
import Terminal
import Testing

@testable import muster

/// What Compose's variables say where no option does.
@Suite struct ComposeSettingsTests {
  @Test func whatIsSetIsRead() throws {
    let settings = ComposeSettings([
      "COMPOSE_PROGRESS": "plain", "COMPOSE_ANSI": "never", "COMPOSE_PARALLEL_LIMIT": "3", "COMPOSE_REMOVE_ORPHANS": "True",
      "COMPOSE_IGNORE_ORPHANS": "0",
    ])
    #expect(try settings.progress() == .plain && settings.ansi() == .never && settings.parallelism() == 3)
    #expect(try settings.removesOrphans && !settings.ignoresOrphans)
  }

  @Test(arguments: [[:], ["COMPOSE_PROGRESS": "", "COMPOSE_ANSI": "", "COMPOSE_PARALLEL_LIMIT": "", "COMPOSE_REMOVE_ORPHANS": ""]])
  func whatIsNotSetSaysNothing(_ environment: [String: String]) throws {
    let settings = ComposeSettings(environment)
    #expect(try settings.progress() == nil && settings.ansi() == nil && settings.parallelism() == nil)
    #expect(try !settings.removesOrphans && !settings.ignoresOrphans)
  }

  @Test func whatIsNoValueIsRefused() {
    #expect(throws: Exit.self) { try ComposeSettings(["COMPOSE_PROGRESS": "fancy"]).progress() }
    #expect(throws: Exit.self) { try ComposeSettings(["COMPOSE_ANSI": "x"]).ansi() }
    for number in ["0", "-2", "many"] {
      #expect(throws: Exit.self) { try ComposeSettings(["COMPOSE_PARALLEL_LIMIT": number]).parallelism() }
    }
    #expect(throws: Exit.self) { try ComposeSettings(["COMPOSE_IGNORE_ORPHANS": "maybe"]).ignoresOrphans }
  }

  @Test func withoutLimitIsMoreThanAnyPlanHas() throws {
    #expect(try ComposeSettings.parallelism(-1, "--parallel") ?? 0 > 100_000)
    #expect(try ComposeSettings.parallelism(nil, "--parallel") == nil)
  }

  /// What has a flag among the limits and what has one elsewhere hold together.
  @Test func limitsOfEveryFlagHold() throws {
    let run = try #require(
      try Muster.parseAsRoot([
        "container", "run", "--memory", "64m", "--oom-kill-disable", "--memory-swappiness", "10", "--blkio-weight", "300",
        "--device-read-bps", "/dev/sda:1m", "--device-write-iops", "/dev/sda:100", "--blkio-weight-device", "/dev/sdb:200", "busybox",
      ]) as? ContainerRun)
    let options = try run.options.options(image: "busybox", command: [], try Context(options: .none, output: Output()))
    let resources = options.resources
    #expect(resources.memory?.bytes == 64 << 20 && resources.disablesOOMKiller == true && resources.swappiness == 10)
    #expect(resources.blockIO?.weight == 300 && resources.blockIO?.readBytes.map(\.rate) == [1 << 20])
    #expect(resources.blockIO?.writeOperations.map(\.rate) == [100] && resources.blockIO?.deviceWeights.map(\.weight) == [200])
    let wrong = try #require(try Muster.parseAsRoot(["container", "run", "--device-read-bps", "sda:1m", "busybox"]) as? ContainerRun)
    #expect(throws: Exit.self) { try wrong.options.options(image: "x", command: [], try Context(options: .none, output: Output())) }
  }
}
