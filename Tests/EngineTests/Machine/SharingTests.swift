import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Containers that share namespaces, volumes and images, on the real kernel.
@Suite(.serialized) struct SharingTests {
  @Test func namespacesOfAnotherService() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      var stack = engine.stack("share", ["app": "echo from-app > /dev/shm/note; exec sleep 4321", "side": "exec sleep 1000"])
      stack.services["app"]?.options.ipc = .shareable
      stack.services["side"]?.options.ipc = .of(.service("app"))
      stack.services["side"]?.options.pidOwner = .service("app")
      stack.services["side"]?.dependsOn = ["app": Dependency(restart: true)]
      #expect(try await engine.up(stack).failures == [])
      for kind in ["ipc", "pid"] {
        let app = try await engine.exec("share", "app", ["readlink", "/proc/self/ns/\(kind)"]).output
        let side = try await engine.exec("share", "side", ["readlink", "/proc/self/ns/\(kind)"]).output
        #expect(app == side && !app.isEmpty, "\(kind)")
        let host = try await run("readlink", "/proc/self/ns/\(kind)").output
        #expect(app != host)
      }
      let mounts = ["uts", "mnt"]
      for kind in mounts {
        let app = try await engine.exec("share", "app", ["readlink", "/proc/self/ns/\(kind)"]).output
        #expect(try await engine.exec("share", "side", ["readlink", "/proc/self/ns/\(kind)"]).output != app)
      }
      #expect(try await engine.exec("share", "side", ["cat", "/dev/shm/note"]).output == "from-app\n")
      #expect(try await engine.exec("share", "side", ["ps"]).output.contains("sleep 4321"))
      let options = try await engine.exec("share", "side", ["sh", "-c", "grep ' /dev/shm ' /proc/self/mounts"]).output
      #expect(options.contains("nosuid") && options.contains("nodev") && options.contains("noexec"))
      // The owner is made anew: so is who lives with it.
      var changed = stack
      changed.services["app"]?.options.environment = ["A": "1"]
      let report = try await engine.up(changed)
      #expect(report.failures == [])
      #expect(
        report.plan.steps.contains {
          $0.action.subject == "Container share-side-1" && $0.reasons == [.dependency("app")]
        }, "\(report.plan)")
      #expect(try await engine.exec("share", "side", ["cat", "/dev/shm/note"]).output == "from-app\n")
    }
  }

  @Test func whatIsNotSharedIsNotTaken() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      var stack = engine.stack("unshared", ["app": "exec sleep 1000", "side": "exec sleep 1000"])
      stack.services["side"]?.options.ipc = .of(.service("app"))
      stack.services["side"]?.dependsOn = ["app": Dependency(restart: true)]
      let error = await #expect(throws: EngineError.self) { try await engine.up(stack) }
      #expect(error?.hint == "give that one ipc: shareable")
      #expect(await engine.backend.containers.all().isEmpty)
      stack.services["side"]?.options.ipc = nil
      stack.services["side"]?.options.pidOwner = .container("nobody")
      let missing = await #expect(throws: EngineError.self) { try await engine.up(stack) }
      #expect(missing?.message == "there is no container \"nobody\"")
      stack.services["side"]?.options.pidOwner = nil
      stack.services["side"]?.options.mounts = [Mount(source: .image("nothing"), target: "/x")]
      let image = await #expect(throws: EngineError.self) { try await engine.up(stack) }
      #expect(image?.message.contains("that it mounts is not on this machine") == true)
      #expect(await engine.backend.containers.all().isEmpty)
    }
  }

  @Test func ipcNoneAndTheHostsCgroups() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      var stack = engine.stack("modes", ["none": "exec sleep 1000", "host": "exec sleep 1000"])
      stack.services["none"]?.options.ipc = IPCMode.none
      stack.services["host"]?.options.usesHostCgroup = true
      stack.services["host"]?.options.unmasksPaths = true
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.exec("modes", "none", ["ls", "/dev/shm"]).code != 0)
      let own = try await run("readlink", "/proc/self/ns/cgroup").output
      #expect(try await engine.exec("modes", "host", ["readlink", "/proc/self/ns/cgroup"]).output == own)
      #expect(try await engine.exec("modes", "none", ["readlink", "/proc/self/ns/cgroup"]).output != own)
      let mounts = try await engine.exec("modes", "host", ["cat", "/proc/self/mounts"]).output
      #expect(!mounts.contains(" /proc/keys ") && !mounts.contains(" /proc/sys "))
      #expect(try await engine.exec("modes", "none", ["cat", "/proc/self/mounts"]).output.contains(" /proc/sys "))
    }
  }

  @Test func volumesOfAnother() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let host = try TemporaryDirectory("volumes-from")
      try host.write("file", "of the host")
      var stack = engine.stack("from", ["db": "exec sleep 1000", "backup": "exec sleep 1000", "third": "exec sleep 1000"])
      stack.services["db"]?.options.mounts = [
        Mount(source: .volume("from_data"), target: "/data"), Mount(source: .anonymousVolume, target: "/anonymous"),
        Mount(source: .bind(path: host.path, createsHostPath: false, propagation: nil), target: "/host"),
        Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/scratch"),
      ]
      stack.volumes["from_data"] = Volume(key: "data", name: "from_data")
      stack.services["backup"]?.options.volumesFrom = [VolumesFrom(source: .service("db"), isReadOnly: true)]
      stack.services["backup"]?.options.mounts = [Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/host")]
      stack.services["backup"]?.dependsOn = ["db": Dependency()]
      stack.services["third"]?.options.volumesFrom = [VolumesFrom(source: .container("from-backup-1"))]
      stack.services["third"]?.dependsOn = ["backup": Dependency()]
      // Only what the engine is told of as a service is waited for: the third names a container that must be there.
      var two = stack
      two.services["third"] = nil
      #expect(try await engine.up(two).failures == [])
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.exec("from", "db", ["sh", "-c", "echo one > /data/x; echo two > /anonymous/x"]).code == 0)
      #expect(try await engine.exec("from", "backup", ["cat", "/data/x", "/anonymous/x"]).output == "one\ntwo\n")
      #expect(try await engine.exec("from", "backup", ["sh", "-c", "echo no > /data/x"]).code != 0)
      #expect(try await engine.exec("from", "backup", ["ls", "/host"]).output == "")
      #expect(try await engine.exec("from", "backup", ["ls", "/scratch"]).code != 0)
      #expect(try await engine.exec("from", "third", ["cat", "/data/x", "/anonymous/x"]).output == "one\ntwo\n")
      #expect(try await engine.exec("from", "third", ["sh", "-c", "echo no > /anonymous/x"]).code != 0)
      #expect(try await engine.up(stack).plan.isEmpty)
    }
  }

  @Test func imagesAsMounts() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let stack = engine.stack("images", ["a": "exec sleep 1000"]) {
        $0.mounts = [
          Mount(source: .image("tiny"), target: "/whole"),
          Mount(source: .image("tiny"), target: "/part", isReadOnly: true, subpath: "srv/seed"),
          Mount(source: .image("tiny"), target: "/file", isReadOnly: true, subpath: "srv/seed/one"),
        ]
      }
      #expect(try await engine.up(stack).failures == [])
      #expect(
        try await engine.exec("images", "a", ["cat", "/whole/srv/seed/one", "/part/deep/two", "/file"]).output == "first\nsecond\nfirst\n")
      #expect(try await engine.exec("images", "a", ["sh", "-c", "echo no > /part/one"]).code != 0)
      // What is written stays in the container.
      #expect(try await engine.exec("images", "a", ["sh", "-c", "echo mine > /whole/srv/seed/one"]).code == 0)
      #expect(try await engine.exec("images", "a", ["cat", "/file", "/srv/seed/one"]).output == "first\nfirst\n")
      // An image that is mounted is one that is used.
      await #expect(throws: EngineError.self) { try await engine.backend.removeImage("tiny", force: false) }
      let leading = engine.stack("leading", ["a": "exec sleep 1000"]) {
        $0.mounts = [Mount(source: .image("tiny"), target: "/x", subpath: "no/such/place")]
      }
      #expect(try await engine.up(leading).failures.count == 1)
      #expect(try await engine.container("leading-a-1").pid == nil)
    }
  }

  /// What is mounted below a bind: taken along, left out, or read-only or not as it is said.
  @Test func bindsAndWhatIsBelow() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let host = try TemporaryDirectory("recursive")
      try host.write("inner/hidden", "")
      try await run("mount", "-t", "tmpfs", "tmpfs", host("inner")).expect()
      defer { _ = umount2(host("inner"), Int32(MNT_DETACH)) }
      try host.write("inner/seen", "")
      let stack = engine.stack("below", ["a": "exec sleep 1000"]) { options in
        for (target, readOnly, recursion) in [
          ("/plain", true, nil), ("/left", false, .disabled), ("/writable", true, .writable), ("/strict", true, .readonly),
        ] as [(String, Bool, Mount.Recursion?)] {
          options.mounts.append(
            Mount(
              source: .bind(path: host.path, createsHostPath: false, propagation: nil), target: target, isReadOnly: readOnly,
              recursion: recursion))
        }
      }
      #expect(try await engine.up(stack).failures == [])
      func shell(_ script: String) async throws -> Int32 { try await engine.exec("below", "a", ["sh", "-c", script]).code }
      for target in ["/plain", "/writable", "/strict"] {
        #expect(try await shell("test -e \(target)/inner/seen") == 0, "\(target)")
        #expect(try await shell("echo > \(target)/new") != 0, "\(target)")
      }
      #expect(try await shell("test -e /left/inner/hidden && ! test -e /left/inner/seen") == 0)
      #expect(try await shell("echo > /plain/inner/new") != 0)
      #expect(try await shell("echo > /strict/inner/new") != 0)
      #expect(try await shell("echo > /writable/inner/new") == 0)
    }
  }
}
