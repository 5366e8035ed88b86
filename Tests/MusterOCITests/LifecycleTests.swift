import Foundation
import Glibc
import LinuxKit
import OCI
import TestSupport
import Testing

@Suite(.enabled(if: geteuid() == 0, "makes containers"), .timeLimit(.minutes(10))) struct LifecycleTests {
  let bundle: Bundle
  init() throws { bundle = try Bundle() }

  /// runtime.md, "Lifecycle" and "Operations".
  @Test func fromCreateToDelete() async throws {
    var spec = bundle.spec("sh", "-c", "touch /data/ran; exec sleep 1000")
    spec.annotations = ["org.example": "yes"]
    try bundle.write(spec)
    try await bundle.oci("create", "--pid-file", bundle.directory("pid"), bundle.id).expect()
    var state = try await bundle.state()
    #expect(state["ociVersion"] as? String == "1.1.0")
    #expect(state["id"] as? String == bundle.id)
    #expect(state["status"] as? String == "created")
    #expect(state["bundle"] as? String == bundle.directory.path)
    #expect((state["annotations"] as? [String: String])?["org.example"] == "yes")
    let pid = try #require(state["pid"] as? Int32)
    #expect(try readText(bundle.directory("pid")) == "\(pid)")
    // Made, but nothing of the user's has run; and what waits is a sealed copy of one thread.
    #expect(!exists(bundle.directory("rootfs/data/ran")))
    #expect(linkTarget("/proc/\(pid)/exe")?.hasPrefix("/memfd:muster-oci") == true)
    #expect(try readText("/proc/\(pid)/status").contains("\nThreads:\t1\n"))
    // An id is taken once. A configuration that changes later changes nothing.
    try await bundle.oci("create", bundle.id).expect(1)
    try bundle.write(bundle.spec("nonsuch"))
    try await bundle.oci("start", bundle.id).expect()
    #expect(try await bundle.status() == "running")
    while !exists(bundle.directory("rootfs/data/ran")) { try await Task.sleep(for: .milliseconds(10)) }
    try await bundle.oci("start", bundle.id).expect(1)
    #expect(try await bundle.oci("delete", bundle.id).expect(1).errors.contains("that is not stopped"))
    try await bundle.oci("kill", bundle.id, "SIGKILL").expect()
    try await bundle.reaches("stopped")
    state = try await bundle.state()
    #expect(state["pid"] as? Int == 0)
    #expect(try await bundle.oci("kill", bundle.id).expect(1).errors.contains("container not running"))
    try await bundle.oci("start", bundle.id).expect(1)
    try await bundle.oci("delete", bundle.id).expect()
    #expect(try await bundle.oci("state", bundle.id).expect(1).errors.contains("does not exist"))
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  @Test func runGivesTheExitCodeAndLeavesNothing() async throws {
    let outcome = try await bundle.output(bundle.spec("sh", "-c", "echo out; echo err >&2; exit 7"))
    #expect(outcome.status == 7)
    #expect(outcome.output == "out\n")
    #expect(outcome.errors == "err\n")
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  @Test func runPassesSignalsOn() async throws {
    try bundle.write(bundle.spec("sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"))
    let child = try Child(
      [bundle.program, "--root", bundle.directory("run"), "run", "-b", bundle.directory.path, bundle.id], environment: plainEnvironment())
    try await child.shows("ready")
    child.signal(SIGTERM)
    #expect(await child.end().status == 9)
    #expect(bundle.leftovers.isEmpty)
  }

  @Test func deleteByForceEndsIt() async throws {
    try bundle.write(bundle.spec("sleep", "1000"))
    try await bundle.oci("run", "--detach", bundle.id).expect()
    try await bundle.oci("delete", "--force", bundle.id).expect()
    try await bundle.oci("delete", "--force", bundle.id).expect()
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  @Test func aProgramThatIsNotThereIsKnownBeforeStart() async throws {
    try bundle.write(bundle.spec("nonsuch"))
    let outcome = try await bundle.oci("--log", bundle.directory("log"), "--log-format", "json", "create", bundle.id).expect(1)
    #expect(outcome.errors.contains("exec: \"nonsuch\": executable file not found in $PATH"))
    let line = try JSONSerialization.jsonObject(with: Data(try readFile(bundle.directory("log")))) as? [String: String]
    #expect(line?["level"] == "error")
    #expect(line?["msg"]?.contains("executable file not found in $PATH") == true)
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  @Test func pauseAndResume() async throws {
    try bundle.write(bundle.spec("sh", "-c", "while :; do echo x >>/data/ticks; sleep 0.02; done"))
    try await bundle.oci("run", "-d", bundle.id).expect()
    try await bundle.oci("pause", bundle.id).expect()
    #expect(try await bundle.status() == "paused")
    try await bundle.oci("exec", bundle.id, "echo").expect(1)
    let ticks = try? readFile(bundle.directory("rootfs/data/ticks"))
    try await Task.sleep(for: .milliseconds(200))
    #expect((try? readFile(bundle.directory("rootfs/data/ticks"))) == ticks)
    try await bundle.oci("resume", bundle.id).expect()
    #expect(try await bundle.status() == "running")
    try await bundle.oci("resume", bundle.id).expect(1)
  }

  @Test func limitsListsAndNumbers() async throws {
    try bundle.write(bundle.spec("sleep", "1000"))
    try await bundle.oci("run", "-d", bundle.id).expect()
    try await bundle.oci("update", "--memory", "67108864", "--pids-limit", "20", bundle.id).expect()
    let events = try await bundle.oci("events", "--stats", bundle.id).expect().output
    let event = try #require(try JSONSerialization.jsonObject(with: Data(events.utf8)) as? [String: Any])
    let data = try #require(event["data"] as? [String: Any])
    #expect(((data["memory"] as? [String: Any])?["usage"] as? [String: Any])?["limit"] as? Int == 67_108_864)
    #expect((data["pids"] as? [String: Any])?["limit"] as? Int == 20)
    let pid = try #require(try await bundle.state()["pid"] as? Int)
    #expect(try await bundle.oci("ps", "--format", "json", bundle.id).expect().output == "[\(pid)]\n")
    #expect(try await bundle.oci("list", "-q").expect().output == bundle.id + "\n")
    #expect(try await bundle.oci("list").expect().lines.count == 2)
    let features = try await bundle.oci("features").expect().output
    #expect(try JSONSerialization.jsonObject(with: Data(features.utf8)) is [String: Any])
  }
}
