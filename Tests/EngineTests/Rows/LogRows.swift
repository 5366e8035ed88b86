import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R19, R20: what containers write.
@Suite(.serialized) struct LogRows {
  @Test func logsAreBoundedUnlessSaidOtherwise() {
    let usual = Logging()
    #expect(usual.maxSize.bytes * Int64(usual.maxFiles) <= 100 << 20)
  }

  /// Read while it is written and rotated, with an engine that is away for a while: every line once, in order.
  @Test func nothingIsLostOrToldTwice() async throws {
    // A gibibyte.
    let count = Size.of(40_000, full: 1_000_000)
    let padding = String(repeating: "x", count: Size.of(1, full: 1066))
    try await EngineOfOurOwn.with { engine in
      let script = "read x < /srv/seed/one; yes \(padding) | head -n \(count) | nl -w 1 -b a; echo end; exec sleep 1000"
      let stack = engine.stack("lines", ["a": script]) {
        $0.network = .none
        $0.logging = Logging(maxSize: ByteCount(Size.isFull ? 4 << 20 : 128 << 10), maxFiles: 1000)
      }
      #expect(try await engine.up(stack).failures == [])
      let follower = Task {
        var last = 0
        for try await block in try await engine.backend.logs(LogRequest(project: "lines", follows: true)) {
          for line in block {
            guard let number = Int(line.text.prefix { $0.isNumber }), number == last + 1 else { return last }
            last = number
          }
        }
        return last
      }
      let followed = try await follower.value
      #expect(followed == count)
      // Another engine reads the same.
      let next = try await engine.reopened()
      var read = 0
      var hasGap = false
      for try await block in try await next.backend.logs(LogRequest(project: "lines")) {
        for line in block where line.text != "end\n" {
          read += 1
          if line.text != "\(read)\t\(padding)\n" { hasGap = true }
        }
      }
      #expect(read == count && !hasGap)
      let files = try await run("sh", "-c", "ls \(next.location.root)/containers/*/log* | wc -l").expect().output
      tell("R19", "\(count) lines over \(files.dropLast()) files: \(followed) followed, \(read) read again, 0 lost or twice")
      await next.end()
    }
  }

  @Test func theShimWritesOnWithoutAnEngine() async throws {
    let count = Size.of(30_000, full: 600_000)
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("away", ["a": "sleep 0.5; seq 1 \(count); echo end; exec sleep 1000"]) {
        $0.network = .none
        $0.logging = Logging(maxSize: ByteCount(1 << 20), maxFiles: 1000)
      }
      #expect(try await engine.up(stack).failures == [])
      await engine.backend.shutDown()
      let written = try await eventually(within: 120) {
        try await run("sh", "-c", "cat \(engine.location.root)/containers/*/log | tail -n 1").output
      } until: {
        $0.contains("end")
      }
      #expect(written.contains("end"))
      let next = try await engine.reopened()
      let lines = try await next.log("away")
      #expect(lines.count == count + 1)
      tell("R20", "\(count) lines written while no engine was there: \(lines.count - 1) there")
      await next.end()
    }
  }

  /// A reader that does not read: the container is not held up.
  @Test func aReaderThatStallsHoldsNobodyUp() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("stall", ["a": "read x < /srv/seed/one; seq 1 200000; echo end; exec sleep 1000"]) { $0.network = .none }
      #expect(try await engine.up(stack).failures == [])
      var stalled = try await engine.backend.logs(LogRequest(project: "stall", follows: true)).makeAsyncIterator()
      let first = try #require(try await stalled.next())
      #expect(first.first?.text == "1\n")
      let tail = try await eventually(within: 60) {
        try await run("sh", "-c", "tail -n 1 \(engine.location.root)/containers/*/log").output
      } until: {
        $0.contains("end")
      }
      #expect(tail.contains("end"))
      #expect(try await stalled.next()?.first?.text == "\(first.count + 1)\n")
    }
  }

  /// Lines of a mebibyte, bytes that are no text, the last line torn by a kill.
  @Test func oddBytes() async throws {
    try await EngineOfOurOwn.with { engine in
      let mebibyte = "dd if=/dev/zero bs=1024 count=1024 2>/dev/null | tr '\\0' x; echo"
      let stack = engine.stack(
        "odd",
        [
          "long": "\(mebibyte); \(mebibyte)", "binary": "printf 'a\\000b\\377\\r\\033[1mz\\n'",
          // Not at once, so that the shim has had nothing to do before.
          "torn": "sleep 0.8; echo whole; printf half; exec sleep 1000",
        ]
      ) { $0.network = .none }
      #expect(try await engine.up(stack).failures == [])
      for name in ["long", "binary"] {
        _ = try await eventually {
          try await engine.container("odd-\(name)-1")
        } until: {
          $0.state == .exited
        }
      }
      @Sendable func text(_ service: ServiceName) async throws -> [String] {
        var lines: [String] = []
        for try await block in try await engine.backend.logs(LogRequest(project: "odd", services: [service])) { lines += block.map(\.text) }
        return lines
      }
      let long = try await text("long").joined()
      #expect(long.utf8.count == 2 * ((1 << 20) + 1))
      #expect(long.split(separator: "\n").map(\.utf8.count) == [1 << 20, 1 << 20])
      #expect(try await text("binary") == ["a\u{0}b\u{fffd}\r\u{1b}[1mz\n"])
      // The shim itself killed, the log's last entry cut in the middle.
      _ = try await eventually {
        try await text("torn").count
      } until: {
        $0 >= 1
      }
      let torn = try #require(await engine.backend.containers.find(name: "odd-torn-1"))
      let pid = try #require(await torn.observed.pid)
      let parent = try readText("/proc/\(pid)/stat").split(separator: " ")[3]
      try await run("kill", "-9", String(parent)).expect()
      _ = try await eventually {
        await torn.observed.state
      } until: {
        $0 == .exited
      }
      let log = ContainerFiles(location: engine.location, id: torn.id).log
      try await run("truncate", "-s", "-7", log).expect()
      try await torn.start()
      let lines = try await eventually {
        try await text("torn")
      } until: {
        $0.filter { $0 == "whole\n" }.count >= 1 && !$0.isEmpty
      }
      #expect(lines.contains("whole\n"), "\(lines)")
    }
  }
}
