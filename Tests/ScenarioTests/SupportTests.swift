import Glibc
import TestSupport
import Testing

/// The fixtures themselves: a broken one would let every scenario pass.
@Suite struct SupportTests {
  @Test func aProgramsStreamsAndStatusAreKept() async throws {
    let outcome = try await run("sh", "-c", "cat; echo two >&2; exit 7", input: "one")
    #expect(outcome.output == "one")
    #expect(outcome.errors == "two\n")
    #expect(outcome.status == 7)
  }

  @Test func aSignalIsAStatus() async throws {
    #expect(try await run("sh", "-c", "kill -9 $$").status == 128 + SIGKILL)
  }

  @Test func outputIsSeenWhileTheProgramRuns() async throws {
    let child = try Child(["sh", "-c", "read line; echo got $line; read line"], environment: plainEnvironment(), streams: .open)
    try child.send("this\n")
    try await child.shows("got this")
    #expect(child.soFar.status == -1)
    child.closeInput()
    #expect(await child.end().status == 1)
  }

  @Test func outputThatNeverComesIsAnErrorThatShowsTheRest() async throws {
    let child = try Child(["echo", "something"], environment: plainEnvironment())
    let error = await #expect(throws: MissingOutput.self) { try await child.shows("other") }
    #expect(error?.description.contains("something") == true)
  }

  @Test func aTerminalIsOne() async throws {
    let child = try Child(
      ["sh", "-c", "tty; stty size; read line; echo got $line"], environment: plainEnvironment(), streams: .terminal(rows: 33, columns: 77))
    try await child.shows("/dev/pts/")
    try await child.shows("33 77")
    try child.send("this\n")
    try await child.shows("got this")
    #expect(await child.end().status == 0)
  }

  @Test func aChildMayOutliveItsParentWithTheParentsStreams() async throws {
    let child = try Child(["sh", "-c", "sleep 600 & echo $!"], environment: plainEnvironment())
    let outcome = await child.end()
    #expect(outcome.status == 0)
    let left = try #require(Int32(outcome.lines.first ?? ""))
    kill(left, SIGKILL)
  }

  @Test func theTinyImageIsAnArchive() async throws {
    let directory = try TemporaryDirectory("tiny")
    try await TinyImage.write(to: directory("tiny.tar"))
    let list = try await run("tar", "--numeric-owner", "-tvf", directory("tiny.tar")).expect().output
    #expect(list.contains("bin/sh -> busybox"))
    #expect(list.contains(" 1000/1000 "))
    try makeDirectories(directory("root"))
    try await run("tar", "-C", directory("root"), "-xf", directory("tiny.tar")).expect()
    #expect(try await run("chroot", directory("root"), "/bin/cat", "/srv/seed/deep/two").expect().output == "second\n")
  }

  @Test func theLedgerSeesWhatIsLeft() async throws {
    let muster = try Muster("ledger") { _ in HostNames(links: ["mu-ledg"], table: "muster_ledger", cgroup: "muster-ledger") }
    #expect(try await muster.ledger.entries().isEmpty)
    try makeDirectories(muster.runDirectory)
    try writeFile(muster.runDirectory + "/left", [])
    try makeDirectories(muster.root + "/mount")
    try await run("mount", "-t", "tmpfs", "tmpfs", muster.root + "/mount").expect()
    try await run("nft", "add", "table", "inet", "muster_ledger").expect()
    try await run("ip", "link", "add", "mu-ledger-0", "type", "bridge").expect()
    let hierarchy = exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
    try makeDirectories(hierarchy + "/muster-ledger/one")
    let sleeper = try Child(["sleep", "600"], environment: muster.environment)
    let found = try await muster.ledger.entries()
    try await muster.destroy()
    #expect(found.mounts == [muster.root + "/mount"])
    #expect(found.tables == ["inet muster_ledger"])
    #expect(found.links == ["mu-ledger-0"])
    #expect(found.cgroups == [hierarchy + "/muster-ledger", hierarchy + "/muster-ledger/one"])
    #expect(found.processes == ["\(sleeper.pid) sleep"])
    #expect(found.files == [muster.runDirectory + "/left"])
    #expect(await sleeper.end().status == 128 + SIGKILL)
    removeRecursively(muster.runDirectory)
    #expect(try await muster.ledger.entries().isEmpty)
  }
}
