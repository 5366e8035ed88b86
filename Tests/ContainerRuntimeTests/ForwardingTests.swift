import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

/// What the shim does with lines beside writing them to a file.
@Suite struct ForwardingTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  private var address: String { fixture.directory("daemon.sock") }

  private func syslog(_ address: LogAddress? = nil, longestQueue: Int64 = 1 << 20, waits: Bool = true) -> LogOptions {
    LogOptions(
      forwarding: LogForwarding(
        address: address ?? .datagram(path: self.address),
        form: .syslog(SyslogForm(layout: .local, facility: 3, hostname: "box", tag: "tag")), longestQueue: longestQueue, waits: waits))
  }

  /// Runs a command to its end; how long that took.
  @discardableResult
  private func run(_ script: String, _ log: LogOptions) async throws -> Duration {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["sh", "-c", script]), log: log), descriptors: [])
    let begin = ContinuousClock.now
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    return .now - begin
  }

  /// What stands after `tag[123]: `, without the newline.
  private func texts(_ daemon: LogDaemon) -> [String] {
    daemon.messages.map { message in message.split(separator: "]: ", maxSplits: 1).last.map { String($0.dropLast()) } ?? message }
  }

  private func received(_ daemon: LogDaemon, _ count: Int, within seconds: Int = 20) async throws -> [String] {
    try await eventually(within: seconds) {
      texts(daemon)
    } until: {
      $0.count >= count
    }
  }

  @Test func attributesStandInEachLine() async throws {
    try await run("echo x; echo y >&2", LogOptions(attributes: #"{"a":"b","c":""}"#))
    let lines = try readText(fixture.directory("box.log")).split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines { #expect(line.contains(#"","attrs":{"a":"b","c":""},"time":"2"#)) }
  }

  @Test(arguments: [false, true]) func everyLineGoesToTheDaemonAndToTheFile(_ keepsStream: Bool) async throws {
    let daemon = try LogDaemon(at: address, keepsStream: keepsStream)
    defer { daemon.stop() }
    // The other kind of socket is found by itself.
    try await run("echo first; echo; echo wrong >&2; seq 20000", syslog(.stream(path: address)))
    let expected = ["first", "wrong"] + (1...20_000).map(String.init)
    let found = try await received(daemon, expected.count)
    // A daemon that does not get its turn for longer than the shim waits for it loses lines; those that come are right, in order, and once.
    var rest = expected.filter { $0 != "wrong" }[...]
    for line in found where line != "wrong" {
      guard let place = rest.firstIndex(of: line) else {
        Issue.record("\(line) is no line, or out of order")
        break
      }
      rest = rest[rest.index(after: place)...]
    }
    #expect(found.first == "first" && found.count { $0 == "wrong" } <= 1 && found.count <= expected.count)
    let messages = daemon.messages
    #expect(messages.allSatisfy { $0.hasPrefix($0.hasSuffix("]: wrong\n") ? "<27>" : "<30>") })
    print("syslog: \(found.count) of \(expected.count) lines came")
    #expect(try fixture.log() == "first\n\n" + (1...20_000).map { "\($0)\n" }.joined())
  }

  @Test func aDaemonThatIsAwayHoldsNothingUp() async throws {
    print("no daemon: 50,000 lines in \(try await run("seq 50000", syslog()))")
    #expect(try fixture.log() == (1...50_000).map { "\($0)\n" }.joined())
  }

  /// It is connected and takes nothing: the container waits a tenth of a second for it, once.
  @Test(arguments: [false, true]) func aDaemonThatSleepsHoldsItUpForAMoment(_ keepsStream: Bool) async throws {
    let daemon = try LogDaemon(at: address, keepsStream: keepsStream)
    defer { daemon.stop() }
    daemon.sleep()
    print("a daemon that sleeps: 200,000 lines in \(try await run("seq 200000", syslog(longestQueue: 65_536)))")
    #expect(try fixture.log().utf8.count == (1...200_000).reduce(0) { $0 + "\($1)\n".utf8.count })
  }

  /// Lines that were written while it was away come when it is there again, before those after them.
  @Test(arguments: [false, true]) func aDaemonThatComesBackGetsWhatItHasMissed(_ keepsStream: Bool) async throws {
    let first = try LogDaemon(at: address, keepsStream: keepsStream)
    let start = fixture.start("box", fixture.steps(["cat"]), isInteractive: true, log: syslog())
    let shim = try await fixture.runtime.create(start, descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    let input = try #require(streams.input)
    try input.descriptor.writeAll("one\n")
    #expect(try await received(first, 1) == ["one"])
    first.stop()
    for number in 2...100 {
      try input.descriptor.writeAll("\(number)\n")
      // Each a read of its own, so that the daemon's end is met in between.
      try await Task.sleep(for: .milliseconds(2))
    }
    let written = try await eventually {
      try fixture.log()
    } until: {
      $0.hasSuffix("100\n")
    }
    #expect(written == "one\n" + (2...100).map { "\($0)\n" }.joined())
    let second = try LogDaemon(at: address, keepsStream: keepsStream)
    defer { second.stop() }
    #expect(try await received(second, 99) == (2...100).map(String.init))
    try input.descriptor.writeAll("last\n")
    #expect(try await received(second, 100).last == "last")
    try await shim.signal(SIGKILL)
    _ = await shim.exitStatus()
  }

  /// What it has missed is bounded, the file is not.
  @Test func theQueueIsBounded() async throws {
    let start = fixture.start(
      "box", fixture.steps(["sh", "-c", "seq 10000; read x; echo after"]), isInteractive: true, log: syslog(longestQueue: 8192))
    let shim = try await fixture.runtime.create(start, descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    let written = try await eventually {
      try fixture.log()
    } until: {
      $0.hasSuffix("\n10000\n")
    }
    #expect(written == (1...10_000).map { "\($0)\n" }.joined())
    let daemon = try LogDaemon(at: address)
    defer { daemon.stop() }
    let found = try await received(daemon, 1)
    // The oldest are kept: 64 bytes and the text each.
    #expect(found.first == "1")
    let missed = try await eventually {
      texts(daemon)
    } until: {
      $0.count > 100
    }
    #expect(missed.count < 200)
    try #require(streams.input).descriptor.writeAll("go on\n")
    #expect(await shim.exitStatus().code == 0)
    let all = try await eventually {
      texts(daemon)
    } until: {
      $0.last == "after"
    }
    #expect(all.last == "after")
  }

  private func journal(_ fields: [LogField]) -> LogOptions {
    LogOptions(forwarding: LogForwarding(address: .datagram(path: address), form: .journal(fields: fields)))
  }

  @Test func theJournalGetsFields() async throws {
    let daemon = try LogDaemon(at: address)
    defer { daemon.stop() }
    try await run("echo ready; echo wrong >&2; printf half", journal([LogField("CONTAINER_NAME", "box"), LogField("L", "a\nb")]))
    let found = try await eventually {
      daemon.messages
    } until: {
      $0.count >= 3
    }
    let ready = try #require(found.first { $0.hasSuffix("\nMESSAGE=ready\n") })
    #expect(ready.hasPrefix("PRIORITY=6\nSYSLOG_TIMESTAMP=2"))
    #expect(ready.contains("\nCONTAINER_NAME=box\nL\n\u{3}\0\0\0\0\0\0\0a\nb\nMESSAGE="))
    #expect(found.contains { $0.hasPrefix("PRIORITY=3\n") && $0.hasSuffix("\nMESSAGE=wrong\n") })
    #expect(found.contains { $0.contains("\nCONTAINER_PARTIAL_MESSAGE=true\n") && $0.hasSuffix("\nMESSAGE=half\n") })
  }

  @Test func anEntryTooLongForAMessageGoesAsAFile() async throws {
    let daemon = try LogDaemon(at: address)
    defer { daemon.stop() }
    let big = String(repeating: "x", count: 1 << 20)
    try await run("echo ready", journal([LogField("BIG", big)]))
    let found = try await eventually {
      daemon.messages
    } until: {
      !$0.isEmpty
    }
    #expect(found.count == 1 && found.first?.hasSuffix("\nBIG=\(big)\nMESSAGE=ready\n") == true)
  }

  // MARK: packed files

  @Test func packedFilesMoveWithTheOthers() async throws {
    let packed = LogOptions(isPacked: true)
    func start(_ script: String) -> ContainerStart {
      fixture.start("box", fixture.steps(["sh", "-c", script]), maxSize: 1000, maxFiles: 4, log: packed)
    }
    for (name, text) in [("box.log.1.gz", "first"), ("box.log.1", "first, too"), ("box.log.2.gz", "second"), ("box.log.3.gz", "third")] {
      try fixture.directory.write(name, text)
    }
    // More than one file, less than two.
    let shim = try await fixture.runtime.create(start("for i in $(seq 20); do echo $i; sleep 0.01; done"), descriptors: [])
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    #expect(try readText(fixture.directory("box.log.2.gz")) == "first")
    #expect(try readText(fixture.directory("box.log.3.gz")) == "second")
    #expect(
      !exists(fixture.directory("box.log.1.gz")) && !exists(fixture.directory("box.log.2")) && !exists(fixture.directory("box.log.4.gz")))
    let lines = try LogLine.parse(try readFile(fixture.directory("box.log.1")) + readFile(fixture.directory("box.log"))).map(\.log)
    #expect(lines == (1...20).map { "\($0)\n" })
  }

  /// While the engine exchanges a file, the log grows instead.
  @Test func noFileMovesWhileTheDirectoryIsLocked() async throws {
    let directory = try Descriptor.open(fixture.directory.path, O_RDONLY | O_DIRECTORY)
    let number = directory.number
    #expect(flock(number, LOCK_EX) == 0)
    func start(_ count: Int) -> ContainerStart {
      fixture.start("box", fixture.steps(["seq", "\(count)"]), maxSize: 1000, maxFiles: 1000, log: LogOptions(isPacked: true))
    }
    let locked = try await fixture.runtime.create(start(500), descriptors: [])
    try await locked.start()
    #expect(await locked.exitStatus().code == 0)
    #expect(!exists(fixture.directory("box.log.1")))
    #expect(try fixture.log() == (1...500).map { "\($0)\n" }.joined())
    #expect(flock(number, LOCK_UN) == 0)
    let free = try await fixture.runtime.create(start(1), descriptors: [])
    try await free.start()
    #expect(await free.exitStatus().code == 0)
    #expect(exists(fixture.directory("box.log.1")))
    #expect(try fixture.log() == "1\n")
  }
}
