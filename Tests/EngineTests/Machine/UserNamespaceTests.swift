import Backend
import ContainerSetup
import Glibc
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Containers with user namespaces of their own (`userns-remap`), on the real kernel. What such a container can do at all is `AuditorTests`'.
@Suite(.serialized) struct UserNamespaceTests {
  private let users = EngineOfOurOwn.someUsers

  @Test func filesAreTheContainersAndTheHostsAreNot() async throws {
    try await EngineOfOurOwn.with(users: users) { (engine) async throws in
      let host = try TemporaryDirectory("remapped")
      try writeFile(host("closed"), Array("closed\n".utf8), mode: 0o600)
      try writeFile(host("open"), Array("open\n".utf8), mode: 0o644)
      chmod(host.path, 0o755)
      #expect(mkdir(host("below"), 0o755) == 0)
      try await run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", host("below")).expect()
      defer { _ = umount2(host("below"), Int32(MNT_DETACH)) }
      try host.write("below/seen", "seen\n")
      _ = try await engine.backend.createSecret("key", .bytes(Array("sesame\n".utf8)), labels: [:])
      let stack = stack(engine, "files", host)
      #expect(try await engine.up(stack, caller: Caller(uid: 1234, gid: 4321)).failures == [])
      func shell(_ service: ServiceName, _ script: String) async throws -> (code: Int32, output: String) {
        try await engine.exec("files", service, ["sh", "-c", script])
      }

      // The image's files, what comes out of its layers when it is changed, and what is new.
      let image = try await shell(
        "a", "stat -c %u:%g:%a /bin /tmp /srv/seed/one; chown 33:44 /etc/group; echo x > /new; stat -c %u:%g /etc/group /new")
      #expect(image.output == "0:0:755\n0:0:1777\n1000:1000:640\n33:44\n0:0\n", "\(image)")
      // A volume takes the image's owners, and is on the disk as it is inside.
      let volume = engine.location.root + "/volumes/files_data/_data"
      #expect(try await shell("a", "echo a > /srv/seed/mine; chown 33 /srv/seed/mine; stat -c %u:%g:%a /srv/seed /srv/seed/one").code == 0)
      #expect(
        try await run("stat", "-c", "%u:%g:%a", volume, volume + "/one", volume + "/mine").expect().output
          == "1000:1000:755\n1000:1000:640\n33:0:644\n")
      #expect(
        try await shell("app", "cat /srv/seed/one && touch /srv/seed/app && stat -c %u:%g /srv/seed/app").output == "first\n1000:1000\n")
      #expect(try await shell("host", "stat -c %u:%g /srv/seed/app /srv/seed/mine").output == "1000:1000\n33:0\n")
      #expect(try await shell("from", "stat -c %u:%g /srv/seed/mine; echo x > /srv/seed/mine").code != 0)

      // Secrets, also those that lie elsewhere, and the engine's own files.
      #expect(
        try await shell("a", "stat -c %u:%g:%a /run/secrets/key /etc/app.key; cat /etc/app.key").output == "1000:7:400\n0:0:444\nsesame\n")
      #expect(try await shell("app", "cat /run/secrets/key && stat -c %u:%g /run/secrets/key").output == "sesame\n1000:1000\n")
      #expect(try await shell("a", "stat -c %u:%g /etc/hosts && echo '1.2.3.4 other' >> /etc/hosts").output == "0:0\n")
      let rotated = try await engine.backend.rotateSecret("key", .bytes(Array("barley\n".utf8)))
      #expect(rotated.containers.allSatisfy { $0.what == .updated } && rotated.containers.count == 2, "\(rotated)")
      #expect(
        try await shell("a", "cat /run/secrets/key /etc/app.key; stat -c %u:%g:%a /run/secrets/key").output
          == "barley\nbarley\n1000:7:400\n")
      #expect(try await shell("app", "cat /run/secrets/key").output == "barley\n")

      // The host's files keep the host's owners: its root is nobody here.
      #expect(try await shell("a", "cat /host/open; stat -c %u:%g /host/open").output == "open\n65534:65534\n")
      for refused in ["cat /host/closed", "echo x > /host/open", "touch /host/new", "chmod 666 /host/closed", "chown 0 /host/closed"] {
        #expect(try await shell("a", refused).code != 0, "\(refused)")
      }
      // What is mounted below comes along, as without.
      #expect(try await shell("a", "stat -f -c %T /host/below; cat /host/below/seen").output == "tmpfs\nseen\n")
      // Without it root is root.
      #expect(try await shell("host", "cat /host/closed").output == "closed\n")
      #expect(try await shell("host", "tr -s ' ' < /proc/self/uid_map").output == " 0 0 4294967295\n")
      // A missing directory is made for the container, as Docker does.
      #expect(try await shell("a", "touch /made/x && stat -c %u:%g /made/x").output == "0:0\n")
      #expect(try await run("stat", "-c", "%u:%g", host("made"), host("made/x")).expect().output == "200000:300000\n200000:300000\n")
    }
  }

  private func stack(_ engine: EngineOfOurOwn, _ name: ProjectName, _ host: TemporaryDirectory) -> Stack {
    let sleep = "exec sleep 1000"
    var stack = engine.stack(name, ["a": sleep, "app": sleep, "host": sleep, "from": sleep])
    let volume = VolumeName("\(name)_data")
    stack.volumes[volume] = Volume(key: "data", name: volume)
    stack.secrets["key"] = FileSource(origin: .stored("key"))
    let data = Mount(source: .volume(volume), target: "/srv/seed")
    func bind(_ path: String, _ target: String) -> Mount {
      Mount(source: .bind(path: path, createsHostPath: true, propagation: nil), target: target)
    }
    for service in ["a", "app", "host"] as [ServiceName] { stack.services[service]?.options.mounts = [data, bind(host.path, "/host")] }
    stack.services["a"]?.options.mounts.append(bind(host("made"), "/made"))
    stack.services["a"]?.options.secrets = [
      FileGrant(source: "key", target: "/run/secrets/key", uid: "1000", gid: "7", mode: 0o400),
      FileGrant(source: "key", target: "/etc/app.key"),
    ]
    stack.services["app"]?.options.user = "app"
    stack.services["app"]?.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", mode: 0o400)]
    stack.services["host"]?.options.users = .host
    stack.services["from"]?.options.volumesFrom = [VolumesFrom(source: .service("a"), isReadOnly: true)]
    stack.services["from"]?.dependsOn = ["a": Dependency()]
    return stack
  }

  @Test func everyKindOfContainer() async throws {
    try await EngineOfOurOwn.with(users: users) { (engine) async throws in
      let script = "trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done"
      var stack = engine.stack("kinds", ["a": script]) { options in
        options.usesInit = true
        options.isReadOnly = true
        options.user = "app"
        options.groups = ["33"]
        options.workingDirectory = "/srv/work/deep"
        options.hostname = "inside"
        options.domainname = "example.org"
        options.sysctls = ["net.ipv4.tcp_fin_timeout": "77", "kernel.shm_rmid_forced": "1", "fs.mqueue.msg_max": "11"]
        options.ulimits = ["nofile": Ulimit(soft: 64, hard: 128), "core": Ulimit(soft: 0, hard: 0)]
        options.oomScoreAdjust = 500
        options.shmSize = ByteCount(1 << 20)
        options.capAdd = ["NET_ADMIN", "SYS_ADMIN"]
        options.noNewPrivileges = true
        // Which lets nobody mount.
        options.appArmor = "unconfined"
        options.healthcheck = Healthcheck(test: ["CMD-SHELL", "[ $(id -u) = 1000 ]"], interval: .milliseconds(200))
        options.mounts = [
          Mount(source: .tmpfs(size: ByteCount(1 << 20), mode: 0o750, uid: 1000, gid: 33), target: "/scratch"),
          Mount(source: .image("tiny"), target: "/image"),
          Mount(source: .anonymousVolume, target: "/anonymous"),
        ]
        options.devices = [DeviceMapping(source: "/dev/zero", target: "/dev/mine/zero")]
        options.hooks = LifecycleHooks(
          beforeStart: [InitStep(command: ["sh", "-c", "id -u; mount | grep -c /image"], user: "0")],
          afterStart: [Hook(command: ["sh", "-c", "touch /scratch/after"])])
      }
      stack.services["tty"] = stack.services["a"]
      stack.services["tty"]?.name = "tty"
      stack.services["tty"]?.options.hasTerminal = true
      stack.services["tty"]?.options.hooks = nil
      let report = try await engine.up(stack)
      #expect(report.failures == [])
      func shell(_ script: String, _ service: ServiceName = "a") async throws -> String {
        try await engine.exec("kinds", service, ["sh", "-c", script]).output
      }
      for service in ["a", "tty"] as [ServiceName] {
        #expect(try await shell("id", service) == "uid=1000(app) gid=1000(app) groups=33,1000(app),2000(extra)\n")
        #expect(try await shell("pwd; hostname; cat /proc/sys/kernel/domainname", service) == "/srv/work/deep\ninside\nexample.org\n")
        #expect(
          try await shell("cat /proc/sys/net/ipv4/tcp_fin_timeout /proc/sys/kernel/shm_rmid_forced /proc/sys/fs/mqueue/msg_max", service)
            == "77\n1\n11\n")
        #expect(
          try await shell("ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj /proc/1/oom_score_adj", service) == "64\n128\n500\n500\n")
        #expect(try await shell("touch /x || touch /scratch/x && stat -c %u:%g:%a /scratch", service).contains("1000:33:750\n"))
        #expect(try await shell("cat /image/srv/seed/one; stat -c %u /image/srv/seed/one", service) == "first\n1000\n")
        #expect(try await shell("head -c 2 /dev/mine/zero | od -An -tx1; cat /proc/1/comm", service) == " 00 00\ndocker-init\n")
      }
      #expect(try await shell("ls /scratch") == "after\nx\n")
      #expect(try await shell("tty; stat -c %u:%g:%a /dev/pts/0 /dev/console; ls -l /proc/1/fd/0", "tty").contains("1000:5:620\n"))
      // Capabilities count in its own namespaces, and nowhere else.
      let own = "ip link set lo down && ip link set lo up && mount -t tmpfs x /tmp && id -u"
      #expect(try await engine.exec("kinds", "a", ["sh", "-c", own], user: "0").output == "0\n")
      for refused in [
        "mount -o remount,rw,bind /proc/sys && echo 0 > /proc/sys/kernel/randomize_va_space", "dmesg -n 1",
        "mount -o remount,rw,bind /proc/sys && echo 3 > /proc/sys/vm/drop_caches",
      ] {
        #expect(try await engine.exec("kinds", "a", ["sh", "-c", refused], user: "0").code != 0, "\(refused)")
      }
      let health = try await eventually {
        try await engine.container("kinds-a-1").health
      } until: {
        $0 == .healthy
      }
      #expect(health == .healthy)
      #expect(try await engine.log("kinds").contains("started\n"))
    }
  }

  /// Docker's documented ones, and those that have no sense there.
  @Test func whatIsTheHostsIsRefusedByName() async throws {
    try await EngineOfOurOwn.with(users: users) { (engine) async throws in
      let edits: [(String, (inout ContainerOptions) -> Void)] = [
        ("privileged: true", { $0.isPrivileged = true }), ("network_mode: host", { $0.network = .host }),
        ("pid: host", { $0.usesHostPID = true }), ("ipc: host", { $0.usesHostIPC = true }), ("uts: host", { $0.usesHostUTS = true }),
      ]
      for (words, edit) in edits {
        let error = await #expect(throws: EngineError.self) { try await engine.up(engine.stack("refused", ["a": "exec sleep 1000"], edit)) }
        #expect(
          error?.message.hasPrefix(words + ": ") == true && error?.hint?.hasPrefix("add userns_mode: host") == true,
          "\(String(describing: error))")
        #expect(await engine.backend.containers.all().isEmpty)
      }
      let stack = engine.stack("allowed", ["a": "exec sleep 1000"]) { options in
        for (_, edit) in edits { edit(&options) }
        options.users = .host
      }
      #expect(try await engine.up(stack).failures == [])
    }
  }

  @Test func sharedNamespacesAreInOneUserNamespace() async throws {
    try await EngineOfOurOwn.with(users: users) { (engine) async throws in
      let sleep = "exec sleep 4321"
      var stack = engine.stack("share", ["app": "echo note > /dev/shm/note; " + sleep, "side": sleep, "far": sleep, "host": sleep])
      stack.services["app"]?.options.ipc = .shareable
      for service in ["side", "host"] as [ServiceName] {
        stack.services[service]?.options.network = .service("app")
        stack.services[service]?.options.ipc = .of(.service("app"))
        stack.services[service]?.options.pidOwner = .service("app")
        stack.services[service]?.dependsOn = ["app": Dependency(restart: true)]
      }
      stack.services["side"]?.options.capAdd = ["NET_ADMIN"]
      stack.services["host"]?.options.users = .host
      #expect(try await engine.up(stack).failures == [])
      func link(_ service: ServiceName, _ kind: String) async throws -> String {
        try await engine.exec("share", service, ["readlink", "/proc/self/ns/\(kind)"]).output
      }
      for kind in ["user", "net", "ipc", "pid"] {
        #expect(try await link("side", kind) == link("app", kind), "\(kind)")
        #expect(try await link("far", kind) != link("app", kind), "\(kind)")
      }
      for kind in ["mnt", "uts", "cgroup"] { #expect(try await link("side", kind) != link("app", kind), "\(kind)") }
      #expect(try await link("host", "user") != link("app", "user"))
      #expect(try await link("host", "net") == link("app", "net"))
      #expect(
        try await engine.exec("share", "side", ["sh", "-c", "cat /dev/shm/note; ip link set lo down && ip link set lo up && ps"]).output
          .contains("sleep 4321"))
      #expect(try await engine.exec("share", "side", ["sh", "-c", "kill -0 1 && stat -c %u /dev/shm/note"]).output == "0\n")
      var wrong = engine.stack("wrong", ["app": sleep, "side": sleep])
      wrong.services["app"]?.options.users = .host
      wrong.services["side"]?.options.network = .service("app")
      wrong.services["side"]?.dependsOn = ["app": Dependency(restart: true)]
      let error = await #expect(throws: EngineError.self) { try await engine.up(wrong) }
      #expect(error?.message.contains("must be in the same user namespace") == true)
    }
  }

  /// Switched on and off again: containers are made anew for that reason, and volumes keep what they hold.
  @Test func theSettingIsSwitched() async throws {
    try await EngineOfOurOwn.with(users: nil) { (first) async throws in
      var engine = first
      var stack = engine.stack("switch", ["a": "exec sleep 1000", "host": "exec sleep 1000"]) {
        $0.mounts = [Mount(source: .volume("switch_data"), target: "/data")]
      }
      stack.volumes["switch_data"] = Volume(key: "data", name: "switch_data")
      stack.services["host"]?.options.users = .host
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.exec("switch", "a", ["sh", "-c", "echo kept > /data/f; chown 33:34 /data/f; chmod 600 /data/f"]).code == 0)
      let hostPID = try await engine.container("switch-host-1").pid

      engine = try await engine.reopened(users: users)
      let request = StackRequest(project: "switch", stack: stack, operation: .up(UpOptions()))
      let plan = try await engine.backend.plan(request)
      let recreated = plan.steps.filter { $0.reasons.contains { if case .changed = $0 { true } else { false } } }
      #expect(Set(recreated.map(\.action.subject)) == ["Container switch-a-1"], "\(plan)")
      #expect("\(plan)".contains("(userns_mode: host → remapped to users 200000:65536, groups 300000:65536)"), "\(plan)")
      #expect(try await engine.up(stack).failures == [])
      #expect(
        try await engine.exec("switch", "a", ["sh", "-c", "cat /data/f; stat -c %u:%g:%a /data/f; cut -c 1-40 /proc/self/uid_map"]).output
          .hasPrefix("kept\n33:34:600\n         0     200000"))
      #expect(try await engine.exec("switch", "a", ["sh", "-c", "echo more >> /data/f"]).code == 0)
      #expect(try await engine.container("switch-host-1").pid == hostPID)

      // The next engine finds it, and has nothing to do.
      let pid = try await engine.container("switch-a-1").pid
      engine = try await engine.reopened(users: users)
      #expect(try await engine.container("switch-a-1").pid == pid)
      #expect(try await engine.backend.plan(request).steps.isEmpty)
      #expect(try await engine.exec("switch", "a", ["cat", "/data/f"]).output == "kept\nmore\n")

      engine = try await engine.reopened(users: nil)
      #expect(try await engine.exec("switch", "a", ["cat", "/data/f"]).output == "kept\nmore\n")
      #expect("\(try await engine.backend.plan(request))".contains("groups 300000:65536 → host)"))
      #expect(try await engine.up(stack).failures == [])
      #expect(
        try await engine.exec("switch", "a", ["sh", "-c", "cat /data/f; stat -c %u:%g:%a /data/f"]).output == "kept\nmore\n33:34:600\n")
      await engine.end()
    }
  }

  @Test func aBuildRunsInOneToo() async throws {
    try await EngineOfOurOwn.with(users: users) { (engine) async throws in
      let context = try TemporaryDirectory("context")
      try context.write(
        "Dockerfile",
        """
        FROM tiny
        RUN --mount=type=cache,target=/cache echo x > /cache/x && tr -s ' ' < /proc/self/uid_map > /map && chown 33 /map && stat -c %u:%g /cache/x /srv/seed/one
        USER app
        RUN --mount=type=cache,target=/home/c,uid=1000 touch /tmp/mine /home/c/x
        """)
      var stack = engine.stack("built", ["a": "cat /map; stat -c %u:%g /map /tmp/mine; exec sleep 1000"])
      stack.services["a"]?.image = "built-a"
      stack.services["a"]?.build = BuildSpec(context: context.path, dockerfile: context("Dockerfile"))
      #expect(try await engine.up(stack).failures == [])
      let said = try await eventually {
        try await engine.log("built")
      } until: {
        $0.count == 3
      }
      #expect(said == [" 0 200000 65536\n", "33:0\n", "1000:1000\n"])
    }
  }
}

/// Whose numbers a setting means.
@Suite struct UserRemapTests {
  private let directory: TemporaryDirectory
  private var files = UserRemap.Files()

  init() throws {
    directory = try TemporaryDirectory("subids")
    try directory.write("passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n")
    try directory.write("group", "root:x:0:\nstaff:x:50:\n")
    try directory.write(
      "subuid",
      "# numbers\nalice:231072:65536\nalice:100000:1000\n1001:300000:65536\ndockremap:165536:65536\nbad:1:x\nroot:0:10\ntwice:1000:10\ntwice:1005:10\n"
    )
    try directory.write(
      "subgid", "alice:231072:65536\nstaff:400000:65536\ndockremap:165536:65536\n1001:1:1\nbad:1:1\nroot:1:1\ntwice:1:1\n")
    files.passwd = directory("passwd")
    files.group = directory("group")
    files.subuid = directory("subuid")
    files.subgid = directory("subgid")
  }

  @Test func areFoundByNameAndNumber() throws {
    #expect(try UserRemap.mapping(nil, files) == nil)
    #expect(try UserRemap.mapping("", files) == nil)
    #expect(try UserRemap.mapping("default", files)?.description == "165536:65536")
    for setting in ["alice", "1000"] {
      let found = try #require(try UserRemap.mapping(setting, files))
      #expect(
        found.users == [
          UserMapping.Range(inside: 0, outside: 100_000, count: 1000), UserMapping.Range(inside: 1000, outside: 231_072, count: 65_536),
        ])
      #expect(found.groups == [UserMapping.Range(inside: 0, outside: 231_072, count: 65_536)])
      #expect(found.root.uid == 100_000 && found.root.gid == 231_072)
    }
    #expect(try UserRemap.mapping("bob", files)?.users.first?.outside == 300_000)
    #expect(try UserRemap.mapping("bob:staff", files)?.groups.map(\.outside) == [1, 400_000])
    #expect(try UserRemap.mapping("1001:50", files)?.groups.map(\.outside) == [1, 400_000])
  }

  @Test(arguments: [
    ("nobody", "has no numbers for nobody", "add the line \"nobody:365536:65536\" to "),
    ("a:b:c", "is neither default nor", "write default"),
    (":", "is neither default nor", "write default"), ("bad", "is not NAME:FIRST:COUNT", "write bad:165536:65536"),
    ("root", "gives containers the host's root", "give numbers that nobody has"), ("twice", "have 1005 in common", "give each number once"),
  ])
  func errorsSayWhatToDo(setting: String, message: String, hint: String) throws {
    let error = #expect(throws: EngineError.self) { try UserRemap.mapping(setting, files) }
    #expect(error?.subject == "userns-remap")
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    #expect(error?.hint?.hasPrefix(hint) == true, "\(String(describing: error))")
  }
}
