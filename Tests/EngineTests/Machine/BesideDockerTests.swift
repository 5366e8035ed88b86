import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// The auditor's view held against a Docker container of the same moment: nothing is more permissive but what is listed here, and said in
/// `ContainerSetup.docc/Confinement.md`.
@Suite(.serialized, .enabled(if: DockerEngine.isThere, "no Docker to compare with: install Debian's docker.io")) struct BesideDockerTests {
  /// Cells of the comparison that let more through than a Docker engine of some version does, each with the reason.
  private static let justified: [(section: String, names: Set<String>, reason: String)] = [
    (
      "call",
      Set([303, 310, 311, 329, 330, 331, 451, 452, 453, 454, 455, 456].map { "native \($0)" }),
      "name_to_handle_at, process_vm_*, pkey_*, cachestat, fchmodat2, map_shadow_stack, futex_*: in the profile of newer Docker engines"
    ),
    ("device", ["core"], "a link to /proc/kcore, which is hidden"),
    ("mount", ["/sys/fs/cgroup/unified"], "the container's own group of version 2, read-only"),
    ("parameter", ["net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/lo/disable_ipv6"], "::1 on lo, as Docker has it since version 26"),
  ]

  @Test func nothingIsMorePermissive() async throws {
    try await Self.withBoth { (docker, engine) async throws in
      @Sendable func dockers() async throws -> Audit {
        Audit(try await docker.docker(["run", "--rm", "--network", "none", "audit", "/bin/auditor"]).expect().output)
      }
      let before = try await dockers()
      let ours = Audit(try await Self.output(of: engine, "beside", ["/bin/auditor"]))
      let after = try await dockers()
      #expect(before.isWhole && ours.isWhole && after.isWhole)
      #expect(ours["call"].count >= 512 && ours["file"].count > 1000 && ours["node"].count > 4000)
      var host: [String: String] = [:]
      for name in ours["namespace"].keys { host[name] = linkTarget("/proc/self/ns/\(name)") }
      let comparison = AuditComparison(theirs: (before, after), ours: ours, host: host)
      let version = try await docker.docker(["version", "--format", "{{.Server.Version}}"]).expect().lines.first ?? ""
      print("beside Docker \(version):")
      for line in comparison.table { print("  \(line)") }
      for cell in comparison.cells where cell.verdict == .looser {
        let reason = Self.justified.first { $0.section == cell.section && $0.names.contains(cell.name) }?.reason
        let text = "\(cell.section) \(cell.name): Docker \(cell.theirs ?? "-"), here \(cell.ours ?? "-")"
        print("  looser, \(text): \(reason ?? "for no reason")")
        #expect(reason != nil, "\(text)")
      }
    }
  }

  /// Keyrings, which only a process without a filter can ask for: a container has one of its own for its session.
  @Test func theSessionHasAKeyringOfItsOwn() async throws {
    try await Self.withBoth { (docker, engine) async throws in
      let run = ["run", "--rm", "--network", "none", "--security-opt", "seccomp=unconfined", "audit", "/bin/auditor", "keyring"]
      let theirs = Audit(try await docker.docker(run).expect().output)["keyring"]["session"]
      var ours: [String] = []
      for project in ["ring-a", "ring-b"] as [ProjectName] {
        let output = try await Self.output(of: engine, project, ["/bin/auditor", "keyring"]) { $0.seccomp = .unconfined }
        ours.append(try #require(Audit(output)["keyring"]["session"]))
      }
      print("beside Docker: session keyrings: Docker \(theirs ?? "-"), here \(ours)")
      let serials = (ours + [theirs ?? ""]).map { $0.prefix { $0 != " " } }
      #expect(Set(serials).count == 3 && !serials.contains("none"), "\(serials)")
    }
  }

  /// Both engines, with an image `audit`.
  private static func withBoth(_ body: (DockerEngine, EngineOfOurOwn) async throws -> Void) async throws {
    let files = try TemporaryDirectory("audit")
    var archive = TarWriter()
    for name in ["bin", "etc"] { archive.directory(name) }
    archive.directory("tmp", mode: 0o1777)
    archive.file("bin/auditor", try await StaticProgram.auditor.value, mode: 0o755)
    try writeFile(files("audit.tar"), archive.finished())
    try await DockerEngine.with { (docker) async throws in
      _ = try await docker.docker(["import", files("audit.tar"), "audit:latest"]).expect()
      try await EngineOfOurOwn.with { (engine) async throws in
        _ = try await engine.backend.importImage(path: files("audit.tar"), reference: "audit")
        try await body(docker, engine)
      }
    }
  }

  /// What a container that asks for nothing but no network writes until it ends.
  private static func output(
    of engine: EngineOfOurOwn, _ project: ProjectName, _ command: [String], _ change: (inout ContainerOptions) -> Void = { _ in }
  ) async throws -> String {
    var stack = engine.stack(project, ["a": ""]) {
      $0.network = .none
      $0.command = command
      change(&$0)
    }
    stack.services["a"]?.image = "audit"
    #expect(try await engine.up(stack).failures == [])
    let state = try await eventually(within: 120) {
      try await engine.container("\(project)-a-1").state
    } until: {
      $0 == .exited
    }
    #expect(state == .exited)
    return try await engine.log(project).joined()
  }
}
