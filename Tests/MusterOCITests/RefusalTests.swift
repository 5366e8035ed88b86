import Foundation
import Glibc
import OCI
import TestSupport
import Testing

/// What cannot be honoured is refused, by its name.
@Suite(.enabled(if: geteuid() == 0, "makes containers"), .timeLimit(.minutes(10))) struct RefusalTests {
  @Test(
    arguments: [
      ("linux.personality", #"{"linux":{"personality":{"domain":"LINUX32"}}}"#),
      ("linux.intelRdt", #"{"linux":{"intelRdt":{"closID":"x"}}}"#),
      ("linux.resources.hugepageLimits", #"{"linux":{"resources":{"hugepageLimits":[{"pageSize":"2MB","limit":1}]}}}"#),
      ("process.selinuxLabel", #"{"process":{"selinuxLabel":"x"}}"#),
      ("linux.seccomp.listenerPath", #"{"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/x"}}}"#),
      ("the type time", #"{"linux":{"namespaces":[{"type":"mount"},{"type":"time"}]}}"#),
      ("there is no mount namespace", #"{"linux":{"namespaces":[{"type":"pid"}]}}"#),
      ("linux.sysctl: kernel.panic", #"{"linux":{"sysctl":{"kernel.panic":"1"}}}"#),
      ("process.cwd", #"{"process":{"cwd":"relative"}}"#),
      ("process.args", #"{"process":{"args":[]}}"#),
      ("process.rlimits: RLIMIT_NONSUCH", #"{"process":{"rlimits":[{"type":"RLIMIT_NONSUCH","soft":1,"hard":1}]}}"#),
      ("hooks.poststart", #"{"hooks":{"poststart":[{"path":"relative"}]}}"#),
      ("linux.rootfsPropagation", #"{"linux":{"rootfsPropagation":"sideways"}}"#),
      ("the option idmap needs", #"{"mounts":[{"destination":"/x","type":"bind","source":"/tmp","options":["bind","idmap"]}]}"#),
      (
        "given together",
        #"{"mounts":[{"destination":"/x","type":"bind","source":"/tmp","uidMappings":[{"containerID":0,"hostID":1,"size":1}]}]}"#
      ),
      ("only a bind can have", #"{"mounts":[{"destination":"/x","type":"tmpfs","source":"x","options":["idmap"]}]}"#),
      ("is not of type user", #"{"linux":{"namespaces":[{"type":"mount"},{"type":"uts"},{"type":"user","path":"/proc/self/ns/net"}]}}"#),
      ("ociVersion", #"{"ociVersion":"2.0.0"}"#),
      ("of systemd", #"{"linux":{"cgroupsPath":"user.slice:muster:x"}}"#),
    ])
  func byName(_ message: String, _ patch: String) async throws {
    let bundle = try Bundle()
    try bundle.write(bundle.spec("sleep", "1"))
    let base = try JSONSerialization.jsonObject(with: Data(try readFile(bundle.directory("config.json")))) as? [String: Any]
    let change = try JSONSerialization.jsonObject(with: Data(patch.utf8)) as? [String: Any]
    let merged = merge(try #require(base), try #require(change))
    try writeFile(bundle.directory("config.json"), Array(try JSONSerialization.data(withJSONObject: merged)))
    let outcome = try await bundle.oci("create", bundle.id).expect(1)
    #expect(outcome.errors.contains(message), "\(outcome)")
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  /// config.md, "Extensibility": unknown properties are ignored.
  @Test func unknownPropertiesAreIgnored() async throws {
    let bundle = try Bundle()
    try bundle.write(bundle.spec("echo", "hello"))
    var object = try #require(try JSONSerialization.jsonObject(with: Data(try readFile(bundle.directory("config.json")))) as? [String: Any])
    object["x-something"] = ["new": true]
    try writeFile(bundle.directory("config.json"), Array(try JSONSerialization.data(withJSONObject: object)))
    #expect(try await bundle.oci("run", bundle.id).expect().output == "hello\n")
  }

  @Test func flagsAndCommands() async throws {
    let bundle = try Bundle()
    try bundle.write(bundle.spec("echo"))
    #expect(try await bundle.oci("create", "--no-pivot", bundle.id).expect(1).errors.contains("--no-pivot"))
    #expect(try await bundle.oci("checkpoint", bundle.id).expect(1).errors.contains("no such command: checkpoint"))
    #expect(try await bundle.oci("create", "--nonsuch", bundle.id).expect(1).errors.contains("--nonsuch is not known"))
    #expect(try await bundle.oci("create", "../up").expect(1).errors.contains("invalid container ID"))
  }

  /// A group in which others are already is theirs: they are left alone.
  @Test func aGroupOfOthersIsRefusedAndTheyLive() async throws {
    let bundle = try Bundle()
    try bundle.write(bundle.spec("sleep", "1000"))
    try await bundle.oci("create", bundle.id).expect()
    try await bundle.oci("start", bundle.id).expect()
    let outcome = try await bundle.oci("create", bundle.id + "-b").expect(1)
    #expect(outcome.errors.contains("are in it"), "\(outcome)")
    #expect(try await bundle.status() == "running")
    try await bundle.oci("delete", "--force", bundle.id).expect()
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  private func merge(_ base: [String: Any], _ change: [String: Any]) -> [String: Any] {
    base.merging(change) { old, new in
      if let old = old as? [String: Any], let new = new as? [String: Any] { return merge(old, new) }
      return new
    }
  }
}
