import Foundation

/// Where the measurements run: namespaces, files and control groups that are theirs alone.
///
/// The program starts itself again inside and stays outside. However the inner one ends, by itself, by ctrl-c or killed, its PID namespace
/// takes every process with it, and with the last of them go mounts and links; files and groups are removed from outside. When the outer one
/// is killed, the inner one goes with it, and the next run removes what is left.
struct Enclosure {
  /// All files.
  let base: String
  /// All control groups' names begin so; Muster's own has a name that is made from its root.
  var groupPrefix: String { URL(fileURLWithPath: base).lastPathComponent + "-" }

  private static let prefix = "muster-bench-"
  private static let directory = "/var/tmp"

  /// The one that this process is in.
  static var current: Enclosure? { ProcessInfo.processInfo.environment["BENCH_BASE"].map(Enclosure.init(base:)) }

  private init(base: String) { self.base = base }

  /// Runs this program again, inside, and returns its exit status.
  static func run() throws -> Int32 {
    removeAbandoned()
    let own = Enclosure(base: "\(directory)/\(prefix)\(getpid())")
    try FileManager.default.createDirectory(atPath: own.base + "/tmp", withIntermediateDirectories: true)
    // containerd has sockets there, wherever else its state is.
    let hadDirectory = FileManager.default.fileExists(atPath: "/run/containerd")
    defer {
      own.remove()
      if !hadDirectory { rmdir("/run/containerd") }
    }
    return try own.inside()
  }

  private func inside() throws -> Int32 {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    // The shell is the namespace's first process and reaps what nobody waits for.
    let script = """
      mkdir -p /run/containerd && mount -t tmpfs none /run/containerd && ip link set lo up || exit
      "$0" "$@" & wait $!
      """
    let words =
      [
        "setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
        script, program,
      ]
      + CommandLine.arguments.dropFirst()
    var environment = ProcessInfo.processInfo.environment
    environment["BENCH_BASE"] = base
    environment["TMPDIR"] = base + "/tmp"

    // Signals come to this process alone, and one after another.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&signals, signal) }
    var before = sigset_t()
    sigprocmask(SIG_BLOCK, &signals, &before)
    defer { sigprocmask(SIG_SETMASK, &before, nil) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    posix_spawnattr_setsigmask(&attributes, &before)

    var argv = words.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, words[0], nil, &attributes, &argv, &envp)
    guard error == 0 else { throw Failure("unshare: \(String(cString: strerror(error)))") }
    var wasInterrupted = false
    while true {
      var signal: Int32 = 0
      sigwait(&signals, &signal)
      if signal != SIGCHLD {
        wasInterrupted = true
        kill(pid, SIGKILL)
      }
      var status: Int32 = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { continue }
      if wasInterrupted { return 130 }
      return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
  }

  /// Files and control groups. The processes may still be ending.
  private func remove() {
    let names = [groupPrefix, "muster-" + Self.suffix(ofRoot: MusterPeer.root(in: base))]
    let end = now() + 30
    while !Self.removeGroups(named: names, below: "/sys/fs/cgroup") && now() < end { usleep(20_000) }
    while now() < end {
      do { try FileManager.default.removeItem(atPath: base) } catch  where FileManager.default.fileExists(atPath: base) {
        usleep(20_000)
        continue
      } catch {}
      return
    }
    FileHandle.standardError.write(Data("bench: \(base) cannot be removed\n".utf8))
  }

  /// What an earlier one left that was killed itself.
  private static func removeAbandoned() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasPrefix(prefix) {
      guard let pid = pid_t(name.dropFirst(prefix.count)), kill(pid, 0) < 0, errno == ESRCH else { continue }
      Enclosure(base: "\(directory)/\(name)").remove()
    }
  }

  /// False: some of them cannot be removed yet.
  private static func removeGroups(named names: [String], below directory: String, isWanted: Bool = false) -> Bool {
    var isDone = true
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
      let path = "\(directory)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
      let isWanted = isWanted || name.hasPrefix(names[0]) || name == names[1]
      isDone = removeGroups(named: names, below: path, isWanted: isWanted) && isDone
      if isWanted, rmdir(path) < 0, errno != ENOENT { isDone = false }
    }
    return isDone
  }

  /// As `EngineLocation.suffix` in the engine: FNV-1a of 32 bits, folded to 24.
  private static func suffix(ofRoot root: String) -> String {
    let hash = root.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return String(format: "%06x", (hash >> 24) ^ (hash & 0xFF_FFFF))
  }
}
