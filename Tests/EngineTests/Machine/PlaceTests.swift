import Backend
import ContainerSetup
import Glibc
import LinuxKit
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Where a container's files are, and whose they are.
@Suite(.serialized) struct PlaceTests {
  @Test func aMissingBindIsMadeWithTheCallersOwner() async throws {
    try await EngineOfOurOwn.with { engine in
      let host = try TemporaryDirectory("binds")
      let stack = engine.stack("made", ["a": "exec sleep 1000"]) {
        $0.mounts = [Mount(source: .bind(path: host("one/two"), createsHostPath: true, propagation: nil), target: "/data")]
      }
      #expect(try await engine.up(stack, caller: Caller(uid: 1234, gid: 4321)).failures == [])
      let owners = try await run("stat", "-c", "%u:%g %a", host("one"), host("one/two")).expect().lines
      #expect(owners == ["1234:4321 755", "1234:4321 755"])
    }
  }

  /// Nobody who forgot a file wants a directory of its name.
  @Test func aMissingFileIsAnErrorAndNothingIsMade() async throws {
    try await EngineOfOurOwn.with { engine in
      let host = try TemporaryDirectory("binds")
      let stack = engine.stack("forgot", ["a": "exec sleep 1000"]) {
        $0.mounts = [
          Mount(source: .bind(path: host("nginx.conf"), createsHostPath: true, propagation: nil), target: "/etc/nginx/nginx.conf")
        ]
      }
      let error = await #expect(throws: EngineError.self) { try await engine.up(stack) }
      #expect(error?.message == "the bind source \(host("nginx.conf")) does not exist, and looks like a file")
      #expect(access(host("nginx.conf"), F_OK) != 0)
      #expect(await engine.backend.containers.all().isEmpty)
    }
  }

  @Test(arguments: [
    ("/a/nginx.conf", "/etc/nginx/nginx.conf", true), ("/var/run/docker.sock", "/sock", true), ("/a/x.sql", "/init/1.SQL", true),
    ("/a/conf.d", "/etc/conf.d", false), ("/a/.config", "/root/.config", false), ("/a/data", "/data", false),
    ("/a/site.old", "/site", false), ("/a/site-1.2", "/site-1.2", false), ("/a/x.conf/", "/b/x.conf", false), ("/", "/x", false),
  ])
  func whatLooksLikeAFile(path: String, target: String, isFile: Bool) {
    #expect(isFileName(path, target: target) == isFile)
  }

  /// As Docker: the image's directory says whose the volume is, also when there is nothing in it to copy.
  @Test func anEmptyVolumeTakesTheImagesOwner() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("owner", ["a": "exec sleep 1000"]) {
        $0.user = "app"
        $0.mounts = [
          Mount(source: .volume("owner_mine"), target: "/srv/mine"),
          Mount(source: .volume("owner_raw"), target: "/srv/seed", noCopy: true),
          Mount(source: .volume("owner_new"), target: "/srv/new"),
        ]
      }
      for key in ["mine", "raw", "new"] {
        let name = VolumeName("owner_\(key)")
        stack.volumes[name] = Volume(key: key, name: name)
      }
      #expect(try await engine.up(stack).failures == [])
      let seen = try await engine.exec("owner", "a", ["sh", "-c", "touch /srv/mine/x; stat -c '%n %u:%g %a' /srv/*; ls /srv/seed"])
      #expect(seen.output == "/srv/mine 1000:1000 750\n/srv/new 0:0 755\n/srv/seed 0:0 755\n")
    }
  }

  @Test func aRootWithoutQuotasHasNoSize() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("size", ["a": "exec sleep 1000"]) { $0.rootSize = ByteCount(8 << 20) }
      let error = await #expect(throws: EngineError.self) { try await engine.up(stack) }
      #expect(error?.message.contains("has no project quotas") == true, "\(String(describing: error))")
    }
  }

  /// On an ext4 of our own, since the machine's own file system has no such quotas as a rule.
  @Test(.enabled("this kernel mounts no ext4 with quotas of projects (CONFIG_QFMT_V2)") { try await PlaceTests.withDisk { _ in } })
  func theRootsSizeBites() async throws {
    let isThere = try await Self.withDisk { root in
      try await EngineOfOurOwn.with(root: root) { engine in
        let stack = engine.stack("size", ["a": "exec sleep 1000", "b": "exec sleep 1000"]) { $0.rootSize = ByteCount(8 << 20) }
        #expect(try await engine.up(stack).failures == [])
        for service in ["a", "b"] as [ServiceName] {
          let written = try await engine.exec(
            "size", service, ["sh", "-c", "dd if=/dev/zero of=/big bs=64k count=400 2>&1; stat -c %s /big"])
          #expect(written.output.contains("No space left on device") || written.output.contains("quota exceeded"), "\(written)")
          let size = Int(written.output.split(separator: "\n").last ?? "") ?? 0
          #expect(size > 7 << 20 && size <= 8 << 20, "\(size)")
        }
        #expect(
          try await engine.exec("size", "a", ["sh", "-c", "rm /big; echo again > /small; mv /small /other; cat /other"]).output == "again\n"
        )
        #expect(try await engine.up(stack).plan.isEmpty)
        let container = try #require(await engine.backend.containers.find(name: "size-a-1"))
        let quota = try #require(ProjectQuota.of(ContainerFiles(location: engine.location, id: container.id).upper))
        #expect(quota.limit == 8 << 20)
        try await engine.down("size")
        #expect(ProjectQuota.limit(of: quota.project, at: root) == 0)
      }
    }
    #expect(isThere)
  }

  /// An ext4 with quotas of projects for as long as the body runs; false, and nothing is run, where there is none to be had.
  private static func withDisk(_ body: (String) async throws -> Void) async throws -> Bool {
    guard access("/dev/loop-control", F_OK) == 0, access("/sbin/mkfs.ext4", X_OK) == 0 else { return false }
    let host = try TemporaryDirectory("quota")
    let root = host("root")
    try await run("truncate", "-s", "96M", host("disk")).expect()
    try await run("/sbin/mkfs.ext4", "-q", "-O", "project,quota", host("disk")).expect()
    try await run("mkdir", root).expect()
    guard try await run("mount", "-o", "loop,prjquota", host("disk"), root).status == 0 else { return false }
    do {
      try await body(root)
    } catch {
      _ = try await run("umount", root)
      throw error
    }
    try await run("umount", root).expect()
    return true
  }

  @Test func runTellsWhatItDoesNotGet() async throws {
    try await EngineOfOurOwn.with { engine in
      let host = engine.backend.host
      let most = host.hardLimit(7)
      guard !host.capabilities.names.contains("CAP_SYS_RESOURCE"), most < 1 << 40 else { return }
      let stack = engine.stack("clipped", ["a": "ulimit -Hn"]) {
        $0.ulimits = ["nofile": Ulimit(soft: Int64(most) + 1, hard: Int64(most) + 1)]
      }
      var none = UpOptions()
      none.scale = ["a": 0]
      try await engine.up(stack, none)
      let options = try #require(stack.services["a"]?.options)
      let told = Texts()
      let code = try await engine.backend.session(
        .run(SessionRequest.Run(project: "clipped", stack: stack, service: "a", options: options)), input: AsyncStream { $0.finish() }
      ) { if case .warning(let text) = $0 { told.add(text) } }
      #expect(code == 0)
      #expect(told.texts.count == 1 && told.texts.first?.contains("ulimits.nofile") == true, "\(told.texts)")
    }
  }

  private final class Texts: Sendable {
    private let heard = Mutex<[String]>([])
    var texts: [String] { heard.withLock { $0 } }
    func add(_ text: String) { heard.withLock { $0.append(text) } }
  }
}
