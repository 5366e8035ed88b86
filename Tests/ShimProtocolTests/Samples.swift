import LinuxKit
import ShimProtocol

/// One of every step and message, with values that a sloppy codec would lose.
enum Samples {
  static let ranges = IDRanges(
    users: [IDRange(inside: 0, outside: 100_000, count: 1), IDRange(inside: 1, outside: .max - 9, count: 9)],
    groups: [IDRange(inside: 0, outside: 5, count: 6)])

  static let steps: [SetupStep] = [
    .joinCgroups, .unshareCgroup, .setHostname("web"), .setDomainname(""), .isolateMounts,
    .overlayRoot(directory: "/d", lower: ["a", "b"], upper: "u", work: "w", attributes: [.noDev, .noSymlinkFollow]),
    .bindRoot(path: "/root", attributes: .readOnly),
    .mount(
      type: "tmpfs", target: "/dev", options: [MountOption("size", "64m"), MountOption("ro"), MountOption("empty", "")], attributes: .noExec
    ),
    .bind(source: .path("/a ü"), target: "/b", isRecursive: true, attributes: [], propagation: nil),
    .bind(source: .slot(7), target: "/b", isRecursive: false, attributes: .noSuid, propagation: .unbindable),
    .bind(
      source: .elsewhere(namespace: 3, path: "/dev/shm"), target: "/dev/shm", isRecursive: false, attributes: .noExec,
      propagation: .isPrivate),
    .makeDirectory(target: "/x", mode: 0o1777), .makeSymlink(target: "/l", pointsTo: "../t"),
    .makeNode(target: "/n", kind: .fifo, major: 1, minor: .max, mode: 0o666, uid: 3, gid: 4),
    .writeFile(slot: 2, target: "/f", mode: 0o400, uid: "web", gid: "7", user: "a:b"),
    .remount(target: "/", attributes: .readOnly, isRecursive: true),
    .bindConsole, .pivotRoot, .mask(target: "/proc/kcore"), .protect(target: "/proc/sys"), .sysctl(name: "a.b", value: "1 2"), .awaitStart,
    .interfaceUp(name: "lo"),
    .configureInterface(origin: "mc-0123456789ab", name: "eth0", addresses: ["172.18.0.2/16", "fd00::2/64"], mtu: 1500),
    .defaultRoute(gateway: "172.18.0.1"), .newSession, .controllingTerminal, .terminalStreams, .appear, .newKeyring, .umask(0o22),
    .resourceLimit(resource: 7, soft: 1, hard: .max), .oomScoreAdjust(-999), .workingDirectory(target: "/srv", createsMissing: true),
    .boundingCapabilities(CapabilitySet(rawValue: .max)), .becomeUser(user: "a:b", groups: ["1", "x"]),
    .capabilities(
      CapabilitySetup(
        effective: CapabilitySet(rawValue: 1), permitted: CapabilitySet(rawValue: 2), inheritable: CapabilitySet(rawValue: 4),
        ambient: CapabilitySet(rawValue: 8))), .noNewPrivileges, .dieWithParent, .seccomp(slot: 1), .appArmor(profile: "muster-default"),
    .execute(arguments: ["/bin/sh", "-c", ""], environment: ["A=b"]),
    .enterUsers(UserEntry(.make(ranges), root: FileOwner(uid: 7, gid: .max))),
    .enterUsers(UserEntry(.join(slot: 5), root: FileOwner(uid: 0, gid: 1))),
    .enterUsers(UserEntry(.follow, root: FileOwner(uid: 2, gid: 3))),
    .attachRoot(slot: 4), .routeByInterface(name: "eth0", isIPv6: true),
  ]

  static let requests: [ShimRequest] = [
    .create(
      ContainerStart(
        id: "c0ffee", namespaces: [.mount, .network], joinSlots: [3], cgroupSlots: [0, 1], steps: steps,
        io: StandardStreams(hasTerminal: true, isInteractive: false, logPath: "/log", logMaxSize: -1, logMaxFiles: 9), exitRecord: "/e",
        socket: "/s")),
    .create(
      ContainerStart(
        id: "", namespaces: [], steps: [], io: StandardStreams(hasTerminal: false, isInteractive: true, logPath: nil), exitRecord: "",
        socket: "", isTraced: true)),
    .create(start(LogOptions(attributes: "{\"a\":\"b\"}", isPacked: true))),
    .create(
      start(
        LogOptions(
          forwarding: LogForwarding(
            address: .tcp(address: [127, 0, 0, 1], port: 514),
            form: .syslog(SyslogForm(layout: .rfc5424micro, facility: 23, hostname: "h", tag: "t ü")), longestQueue: .max, waits: false)))),
    .create(
      start(
        LogOptions(
          forwarding: LogForwarding(address: .datagram(path: "/j"), form: .journal(fields: [LogField("A", "b\nc"), LogField("B", "")]))))),
    .create(
      start(
        LogOptions(
          forwarding: LogForwarding(
            address: .udp(address: [UInt8](repeating: 1, count: 16), port: .max),
            form: .syslog(SyslogForm(layout: .local, facility: 0, hostname: "", tag: "")))))),
    .create(start(LogOptions(forwarding: LogForwarding(address: .stream(path: "/dev/log"), form: .journal(fields: []))))),
    .start, .signal(session: 5, number: 15, toAll: true),
    .exec(ExecStart(session: 1, cgroupSlots: [2], steps: steps, hasTerminal: true, isInteractive: true, isDetached: true)),
    .exec(ExecStart(session: 2, steps: [], hasTerminal: false, isInteractive: false, isTraced: true)),
    .resize(session: 1, rows: 65535, columns: 0), .attach, .closeInput(session: .max), .describe, .makeUsers(ranges),
  ]

  private static func start(_ log: LogOptions) -> ContainerStart {
    ContainerStart(
      id: "l", namespaces: [], steps: [], io: StandardStreams(hasTerminal: false, isInteractive: false, logPath: "/l", log: log),
      exitRecord: "/e", socket: "/s")
  }

  static let events: [ShimEvent] = [
    .created(pid: 77), .started, .failed(session: 0, step: 12, errno: 2, detail: "mount(2): Ω"),
    .exited(session: 3, status: ExitStatus(code: 137, wasOutOfMemory: true, at: .max)), .execStarted(session: 9, pid: 1), .attached,
    .description(ShimDescription(id: "x", pid: 1, state: .running, status: nil)),
    .description(ShimDescription(id: "x", pid: 1, state: .exited, status: ExitStatus(code: -1, at: -5))), .done,
    .refused(errno: 1, detail: ""), .madeUsers,
    .took(
      session: 1, [ShimSpan(.beginning, begin: 1, end: 2), ShimSpan(.making, begin: 2, end: 3), ShimSpan(.step(40), begin: -1, end: .max)]),
  ]
}
