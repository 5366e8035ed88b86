import Backend
import Glibc
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Drivers of logs on the real kernel, with daemons of the tests' own.
@Suite(.serialized) struct LoggingTests {
  private func logging(_ driver: Logging.Driver, _ options: [String: String]) -> Logging { Logging(driver: driver, options: options) }

  @Test func syslogGetsLinesWithTheTagAndLogsHasThemToo() async throws {
    let directory = try TemporaryDirectory("syslog")
    let address = directory("log.sock")
    let daemon = try LogDaemon(at: address)
    defer { daemon.stop() }
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("sys", ["web": "seq 1000; echo wrong >&2; exec sleep 1000"]) {
        $0.labels = ["team": "blue"]
        $0.logging = logging(
          .syslog,
          [
            "syslog-address": "unixgram://" + address, "syslog-facility": "local7", "syslog-format": "rfc5424micro", "labels": "team",
            "tag": "{{.Name}}/{{.ImageName}}/{{(.ExtraAttributes nil).team}}",
          ])
      }
      #expect(try await engine.up(stack).failures == [])
      let found = try await eventually {
        daemon.messages
      } until: {
        $0.count == 1001
      }
      expectNumbers(found, tag: "sys-web-1/tiny/blue")
      let lines = try await engine.log("sys")
      #expect(lines.filter { $0 != "wrong\n" } == (1...1000).map { "\($0)\n" })
    }
  }

  /// Messages of RFC 5424, of facility local7: a thousand numbers in order, and one line of standard error.
  private func expectNumbers(_ messages: [String], tag: String) {
    let host = hostName()
    #expect(messages.allSatisfy { $0.contains(" \(host) \(tag) ") && $0.contains(" \(tag) - ") })
    let usual = messages.filter { $0.hasPrefix("<190>1 20") }
    #expect(usual.map { $0.split(separator: " ").last.map(String.init) ?? "" } == (1...1000).map { "\($0)\n" })
    #expect(messages.filter { $0.hasPrefix("<187>1 20") }.count == 1)
  }

  @Test func aDaemonThatGoesLeavesTheContainerAndItsLogAlone() async throws {
    let directory = try TemporaryDirectory("syslog")
    let address = directory("log.sock")
    let daemon = try LogDaemon(at: address, keepsStream: true)
    try await EngineOfOurOwn.with { engine in
      // It goes on when it is told to.
      let script = "trap 'seq 50000; echo end' USR1; echo one; while true; do sleep 0.1; done"
      let stack = engine.stack("away", ["web": script]) {
        $0.logging = logging(.syslog, ["syslog-address": "unix://" + address])
      }
      #expect(try await engine.up(stack).failures == [])
      let first = try await eventually {
        daemon.messages
      } until: {
        !$0.isEmpty
      }
      #expect(first.count == 1 && first.first?.hasSuffix("]: one\n") == true)
      daemon.stop()
      let begin = ContinuousClock.now
      #expect(try await engine.exec("away", "web", ["kill", "-USR1", "1"]).code == 0)
      let lines = try await eventually {
        try await engine.log("away")
      } until: {
        $0.last == "end\n"
      }
      #expect(lines == ["one\n"] + (1...50_000).map { "\($0)\n" } + ["end\n"])
      print("no daemon: 50,000 lines are read after \(ContinuousClock.now - begin)")
      // What it has missed comes, as far as it was kept.
      let again = try LogDaemon(at: address, keepsStream: true)
      let missed = try await eventually {
        again.messages
      } until: {
        $0.count > 1000
      }
      #expect(missed.first?.hasSuffix("]: 1\n") == true)
      again.stop()
    }
  }

  @Test func theJournalGetsTheFieldsOfDocker() async throws {
    let directory = try TemporaryDirectory("journal")
    let daemon = try LogDaemon(at: directory("socket"))
    defer { daemon.stop() }
    try await EngineOfOurOwn.with(journal: directory("socket")) { engine in
      let stack = engine.stack("jou", ["web": "echo ready; exec sleep 1000"]) {
        $0.labels = ["com.example.team": "blue", "priority": "0"]
        $0.environment = ["COLOUR": "red\nPRIORITY=0"]
        $0.logging = logging(.journald, ["labels": "com.example.team,priority", "env": "COLOUR", "tag": "{{.Name}}"])
      }
      #expect(try await engine.up(stack).failures == [])
      let found = try await eventually {
        daemon.messages
      } until: {
        !$0.isEmpty
      }
      let id = try await engine.container("jou-web-1").id
      let entry = try #require(found.first)
      #expect(entry.hasPrefix("PRIORITY=6\nSYSLOG_TIMESTAMP=2"))
      let fields =
        "\nCONTAINER_ID=\(id.short)\nCONTAINER_ID_FULL=\(id.rawValue)\nCONTAINER_NAME=jou-web-1\nCONTAINER_TAG=jou-web-1\nIMAGE_NAME=tiny\nSYSLOG_IDENTIFIER=jou-web-1\nCOLOUR\n\u{E}\0\0\0\0\0\0\0red\nPRIORITY=0\nCOM_EXAMPLE_TEAM=blue\nMESSAGE=ready\n"
      #expect(entry.hasSuffix(fields), "\(entry)")
      #expect(try await engine.log("jou") == ["ready\n"])
    }
  }

  @Test func whereThereIsNoDaemonTheContainerIsRefused() async throws {
    let directory = try TemporaryDirectory("nothing")
    try await EngineOfOurOwn.with(journal: directory("socket")) { engine in
      for (driver, options, reason) in [
        (Logging.Driver.journald, [:], "journald is not enabled on this host: there is no \(directory("socket"))"),
        (.syslog, ["syslog-address": "unix://" + directory("gone")], "there is no \(directory("gone"))"),
        (.syslog, ["syslog-address": "tcp+tls://localhost"], "asks for TLS"),
        (.jsonFile, ["tag": "{{.Nonsense}}"], "{{.Nonsense}}"),
      ] {
        let stack = engine.stack("none", ["web": "echo x"]) { $0.logging = logging(driver, options) }
        let failures = try await engine.up(stack).failures
        #expect(failures.count == 1 && failures.first?.error.message.contains(reason) == true, "\(failures)")
        try await engine.down("none")
      }
    }
  }

  @Test func detailsAreWhatTheLogWasToldToKeep() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("det", ["web": "echo x; exec sleep 1000"]) {
        $0.labels = ["team": "a & b"]
        $0.environment = ["COLOUR": "red"]
        $0.logging = logging(.jsonFile, ["labels": "team", "env-regex": "^COL", "tag": "{{.Name}}"])
      }
      #expect(try await engine.up(stack).failures == [])
      var request = LogRequest(project: "det")
      request.hasDetails = true
      let asked = request
      let lines = try await eventually {
        var lines: [LogLine] = []
        for try await block in try await engine.backend.logs(asked) { lines += block }
        return lines
      } until: {
        !$0.isEmpty
      }
      #expect(lines.map(\.attributes) == [["team": "a & b", "COLOUR": "red", "tag": "det-web-1"]])
    }
  }

  /// Rotated and packed all the time while two read it, one from the beginning, one what is there now and again: every line once, in order.
  @Test func nothingIsLostWhileFilesArePacked() async throws {
    let count = 40_000
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("pack", ["a": "seq \(count); echo end; exec sleep 1000"]) {
        $0.network = .none
        $0.logging = Logging(driver: .local, maxSize: ByteCount(65_536), maxFiles: 1000, options: [:])
      }
      #expect(try await engine.up(stack).failures == [])
      let container = try #require(await engine.backend.containers.find(name: "pack-a-1"))
      let packer = Task {
        while !Task.isCancelled {
          try await engine.backend.packLog(of: container)
          try await Task.sleep(for: .milliseconds(2))
        }
      }
      let follower = Task {
        var last = 0
        for try await block in try await engine.backend.logs(LogRequest(project: "pack", follows: true)) {
          for line in block {
            guard let number = Int(line.text.dropLast()), number == last + 1 else { return last }
            last = number
          }
        }
        return last
      }
      var read: [String] = []
      while read.last != "end\n" {
        read = try await engine.log("pack")
        #expect(
          read.filter { $0 != "end\n" } == (1...max(1, read.count)).prefix(read.count - (read.last == "end\n" ? 1 : 0)).map { "\($0)\n" })
      }
      #expect(try await follower.value == count)
      packer.cancel()
      _ = await packer.result
      try await engine.backend.packLog(of: container)
      #expect(try await engine.log("pack").count == count + 1)
      let names = try await run("sh", "-c", "cd \(engine.location.root)/containers/*/ && ls log.*").expect().output.split(separator: "\n")
      #expect(names.count > 20 && names.allSatisfy { $0.hasSuffix(".gz") }, "\(names.suffix(5))")
      // gzip itself reads them, the oldest first.
      let unpacked = try await run("sh", "-c", "cd \(engine.location.root)/containers/*/ && zcat $(ls -v -r log.*) | wc -l").expect().output
      let current = try await run("sh", "-c", "cat \(engine.location.root)/containers/*/log | wc -l").expect().output
      #expect((Int(unpacked.dropLast()) ?? 0) + (Int(current.dropLast()) ?? 0) == count + 1)
      var tail = LogRequest(project: "pack")
      tail.tail = 30_000
      var last: [String] = []
      for try await block in try await engine.backend.logs(tail) { last += block.map(\.text) }
      #expect(last.count == 30_000 && last.last == "end\n" && last.first == "\(count - 30_000 + 2)\n")
    }
  }
}
