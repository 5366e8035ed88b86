import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import SystemPackage
import TestSupport
import Testing

@Suite struct SetupTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  @Test(arguments: [
    ("", "uid=0(root) gid=0(root) groups=0(root)", "/root"), ("web", "uid=33(web) gid=33(web) groups=33(web),44(extra)", "/srv/web"),
    ("33", "uid=33(web) gid=33(web) groups=33(web),44(extra)", "/srv/web"),
    ("web:more", "uid=33(web) gid=45(more) groups=45(more)", "/srv/web"),
    ("4000", "uid=4000 gid=0(root) groups=0(root)", "/"), ("4000:5000", "uid=4000 gid=5000 groups=5000", "/"),
    // A user of an image that is called like a number is not that number.
    ("1234", "uid=1234 gid=0(root) groups=0(root)", "/"),
  ])
  func user(_ user: String, _ identity: String, _ home: String) async throws {
    let result = try await fixture.sh("id; echo $HOME", late: [.becomeUser(user: user, groups: [])])
    #expect(result.output == identity + "\n" + home + "\n")
  }

  @Test func additionalGroups() async throws {
    let result = try await fixture.run(["id", "-G"], late: [.becomeUser(user: "web", groups: ["more", "77"])])
    #expect(result.output == "33 44 45 77\n")
  }

  @Test(arguments: [
    ("nonsuch", "unable to find user nonsuch: no matching entries in passwd file"),
    ("big", "unable to find user big: no matching entries in passwd file"),
    ("web:nonsuch", "unable to find group nonsuch: no matching entries in group file"),
    ("+1", "unable to find user +1: no matching entries in passwd file"),
    ("01", "unable to find user 01: no matching entries in passwd file"),
    ("-1", "unable to find user -1: no matching entries in passwd file"),
    ("4294967296", "unable to find user 4294967296: no matching entries in passwd file"),
    ("9999999999999999999999", "unable to find user 9999999999999999999999: no matching entries in passwd file"),
  ])
  func noSuchUser(_ user: String, _ message: String) async throws {
    await #expect { _ = try await fixture.run(["id"], late: [.becomeUser(user: user, groups: [])]) } throws: { "\($0)" == message }
  }

  @Test func aFifoForPasswdHoldsNobodyUp() async throws {
    _ = unlink(fixture.directory("lower/etc/passwd"))
    #expect(mkfifo(fixture.directory("lower/etc/passwd"), 0o644) == 0)
    await #expect { _ = try await fixture.run(["id"], late: [.becomeUser(user: "web", groups: [])]) } throws: {
      "\($0)".contains("/etc/passwd of the container cannot be read")
    }
  }

  @Test func aLinkForPasswdStaysInside() async throws {
    _ = unlink(fixture.directory("lower/etc/passwd"))
    #expect(symlink("../../../../../../etc/passwd", fixture.directory("lower/etc/passwd")) == 0)
    await #expect { _ = try await fixture.run(["id"], late: [.becomeUser(user: "daemon", groups: [])]) } throws: { _ in true }
  }

  @Test func capabilities() async throws {
    let set = CapabilitySet(rawValue: 1 << 10)  // CAP_NET_BIND_SERVICE
    let late: [SetupStep] = [
      .boundingCapabilities(set), .becomeUser(user: "web", groups: []),
      .capabilities(CapabilitySetup(effective: set, permitted: set, inheritable: set, ambient: set)),
      .noNewPrivileges,
    ]
    let result = try await fixture.sh("grep -E 'Cap|NoNewPrivs' /proc/self/status", late: late)
    #expect(
      result.output.split(separator: "\n").map { $0.split(separator: "\t").last ?? "" }
        == ["0000000000000400", "0000000000000400", "0000000000000400", "0000000000000400", "0000000000000400", "1"])
  }

  @Test func rootWithoutCapabilities() async throws {
    let result = try await fixture.sh(
      "grep CapEff /proc/self/status",
      late: [.boundingCapabilities([]), .becomeUser(user: "0", groups: []), .capabilities(CapabilitySetup(effective: [], permitted: []))])
    #expect(result.output == "CapEff:\t0000000000000000\n")
  }

  @Test func masksAndProtects() async throws {
    let result = try await fixture.sh(
      "cat /proc/uptime | wc -c; ls /proc/sys | wc -l; echo 1 > /proc/sys/kernel/panic || echo refused; ls /proc/bus | wc -l",
      extra: [
        .mask(target: "/proc/uptime"), .mask(target: "/proc/nonsuch"), .mask(target: "/proc/bus"), .protect(target: "/proc/sys"),
        .protect(target: "/nonsuch"),
      ])
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "0")
    #expect(lines.dropFirst(2) == ["refused", "0"])
  }

  @Test func maskRefusesAFalseNullDevice() async throws {
    var steps = fixture.steps(["true"], extra: [.mask(target: "/proc/uptime")])
    steps.removeAll { if case .makeNode = $0 { true } else { false } }
    try fixture.directory.write("null", "")
    steps.insert(
      .bind(source: .path(fixture.directory("null")), target: "/dev/null", isRecursive: false, attributes: [], propagation: nil), at: 4)
    let start = fixture.start("box", steps)
    await #expect { _ = try await fixture.runtime.create(start, descriptors: []) } throws: { "\($0)".contains("is not the null device") }
  }

  @Test func bindsAreReadOnlyWhenAsked() async throws {
    try fixture.directory.write("data/file", "content\n")
    let result = try await fixture.sh(
      "cat /srv/data/file; echo x > /srv/data/file || echo refused; cat /conf",
      extra: [
        .bind(source: .path(fixture.directory("data")), target: "/srv/data", isRecursive: true, attributes: .readOnly, propagation: nil),
        .bind(source: .path(fixture.directory("data/file")), target: "/conf", isRecursive: false, attributes: [], propagation: .isPrivate),
      ])
    #expect(result.output == "content\nrefused\ncontent\n")
    #expect(try readText(fixture.directory("data/file")) == "content\n")
  }

  @Test func bindsOfDescriptors() async throws {
    try fixture.directory.write("data/file", "content\n")
    let data = try Descriptor.open(fixture.directory("data"), O_DIRECTORY | 0o10000000)
    let file = try Descriptor.open(fixture.directory("data/file"), 0o10000000)
    func bind(_ slot: Int, _ target: String) -> SetupStep {
      .bind(source: .slot(slot), target: target, isRecursive: false, attributes: .readOnly, propagation: .isPrivate)
    }
    let result = try await fixture.sh(
      "cat /one/file /two/file /file; echo x > /file || echo refused", extra: [bind(0, "/one"), bind(0, "/two"), bind(1, "/file")],
      descriptors: [data.number, file.number])
    #expect(result.output == "content\ncontent\ncontent\nrefused\n")
    #expect(!(try readText("/proc/self/mounts").contains(fixture.directory.path)))
  }

  @Test func targetsStayInside() async throws {
    // A link of the image that points out of it leads to a place inside.
    #expect(symlink("../../../../../../../../tmp/muster-escape", fixture.directory("lower/srv")) == 0)
    let result = try await fixture.sh(
      "ls /tmp/muster-escape",
      extra: [.mount(type: "tmpfs", target: "/srv/deep", options: [], attributes: []), .makeDirectory(target: "/srv/made", mode: 0o755)])
    #expect(result.output == "deep\nmade\n")
    #expect(access("/tmp/muster-escape", F_OK) != 0)
  }

  @Test func filesOfSlots() async throws {
    let secret = try memoryFile(name: "secret", Array("s3cret".utf8))
    for _ in 0..<2 {
      let result = try await fixture.sh(
        "cat /run/secrets/key; ls -ln /run/secrets/key",
        extra: [
          .mount(type: "tmpfs", target: "/run/secrets", options: [], attributes: []),
          .writeFile(slot: 0, target: "/run/secrets/key", mode: 0o440, uid: "web", gid: "44", user: ""),
        ],
        descriptors: [secret.number])
      #expect(result.output.contains("s3cret-r--r-----    1 33       44"))
      _ = unlink(fixture.directory("box.log"))
    }
  }

  @Test func filesOfTheUser() async throws {
    let secret = try memoryFile(name: "secret", Array("s3cret".utf8))
    for (user, owner) in [
      ("web", "33       33"), ("web:44", "33       44"), ("33", "33       33"), ("777", "777      0"), ("0", "0        0"),
    ] {
      let result = try await fixture.sh(
        "ls -ln /run/secrets/key",
        extra: [
          .mount(type: "tmpfs", target: "/run/secrets", options: [], attributes: []),
          .writeFile(slot: 0, target: "/run/secrets/key", mode: 0o444, uid: "", gid: "", user: user),
        ],
        descriptors: [secret.number])
      #expect(result.output.contains("1 " + owner), "\(user): \(result.output)")
      _ = unlink(fixture.directory("box.log"))
    }
  }

  @Test func limitsAndUmask() async throws {
    let result = try await fixture.sh("ulimit -n; umask", late: [.resourceLimit(resource: 7, soft: 100, hard: 200), .umask(0o27)])
    #expect(result.output == "100\n0027\n")
  }

  @Test func sysctls() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start(
        "box",
        fixture.steps(
          ["cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"],
          extra: [.sysctl(name: "net.ipv4.ip_unprivileged_port_start", value: "0"), .interfaceUp(name: "lo")]),
        namespaces: [.mount, .pid, .uts, .ipc, .network]), descriptors: [])
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    #expect(try fixture.log() == "0\n")
    await #expect { _ = try await fixture.run(["true"], extra: [.sysctl(name: "net.nonsuch", value: "0")]) } throws: {
      "\($0)".contains("net.nonsuch")
    }
    await #expect { _ = try await fixture.run(["true"], extra: [.sysctl(name: "../oom_score_adj", value: "0")]) } throws: { _ in true }
  }

  @Test func workingDirectories() async throws {
    #expect(try await fixture.run(["pwd"], late: [.workingDirectory(target: "/a/b", createsMissing: true)]).output == "/a/b\n")
    for hostile in ["/proc/self/fd/3", "/proc/self/fd/7", "/proc/1/cwd", "/nonsuch"] {
      await #expect { _ = try await fixture.run(["pwd"], late: [.workingDirectory(target: hostile, createsMissing: false)]) } throws: { _ in
        true
      }
    }
  }

  @Test func joinsNamespaces() async throws {
    let owner = try await fixture.runtime.create(
      fixture.start("owner", fixture.steps(["sleep", "100"]), namespaces: [.mount, .pid, .uts, .ipc, .network]), descriptors: [])
    try await owner.start()
    let network = try Descriptor.open("/proc/\(owner.pid)/ns/net", O_RDONLY)
    let pids = try Descriptor.open("/proc/\(owner.pid)/ns/pid", O_RDONLY)
    for name in ["second/upper", "second/work"] { try makeDirectories(fixture.directory(name)) }
    var steps = fixture.steps(["sh", "-c", "readlink /proc/self/ns/net; ps"])
    steps[1] = .overlayRoot(directory: fixture.directory.path, lower: ["lower"], upper: "second/upper", work: "second/work", attributes: [])
    #expect(symlink("busybox", fixture.directory("lower/bin/readlink")) == 0)
    var start = fixture.start("second", steps, namespaces: [.mount, .uts, .ipc])
    start.joinSlots = [0, 1]
    let shim = try await fixture.runtime.create(start, descriptors: [network.number, pids.number])
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    var link = [CChar](repeating: 0, count: 100)
    _ = readlink("/proc/\(owner.pid)/ns/net", &link, 99)
    let output = try fixture.log("second")
    #expect(output.hasPrefix(String(decoding: link.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)))
    #expect(output.contains("sleep 100"))
    await owner.discard()
  }

  @Test func reaperPassesOnTheExitCodeAndSignals() async throws {
    let bound: [SetupStep] = [
      .bind(
        source: .path(try ShimBinary.path().string), target: "/sbin/docker-init", isRecursive: false, attributes: .readOnly,
        propagation: nil)
    ]
    let result = try await fixture.run(["/sbin/docker-init", "--", "sh", "-c", "(sleep 0.01 &) ; echo child $$; exit 9"], extra: bound)
    #expect(result.code == 9)
    #expect(result.output == "child 2\n")
    let shim = try await fixture.runtime.create(
      fixture.start(
        "init",
        fixture.steps(
          ["/sbin/docker-init", "--", "sh", "-c", "trap 'exit 4' USR1; echo ready; while :; do sleep 0.05; done"], extra: bound)),
      descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    _ = try await read(streams.output, until: "ready")
    try await shim.signal(SIGUSR1)
    #expect(await shim.exitStatus().code == 4)
    #expect(try await fixture.run(["/sbin/docker-init", "--", "nonsuch"], extra: bound).code == 127)
  }
}
