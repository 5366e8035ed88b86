import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import Synchronization
import SystemPackage
import TestSupport

/// A container root with busybox, and the steps of a plain container in it.
struct Fixture: Sendable {
  let directory: TemporaryDirectory
  let runtime: ContainerRuntime
  /// They reap shims that outlive their test: an ended child that nobody takes keeps `processExitsWith` from seeing another one's end.
  private static let kept = Mutex<[ContainerRuntime]>([])
  static let environment = ["PATH=/bin:/sbin"]

  init() throws {
    directory = try TemporaryDirectory("runtime")
    let runtime = try ContainerRuntime(shim: try ShimBinary.path())
    self.runtime = runtime
    Self.kept.withLock { $0.append(runtime) }
    for name in ["lower/bin", "lower/etc", "lower/tmp", "upper", "work"] { try makeDirectories(directory(name)) }
    try writeFile(directory("lower/bin/busybox"), try readFile("/bin/busybox"), mode: 0o755)
    for name in [
      "sh", "true", "false", "echo", "cat", "sleep", "id", "ls", "kill", "stty", "env", "pwd", "tty", "ps", "seq", "hostname", "grep",
      "mount", "dd", "wc", "umask",
    ] {
      guard symlink("busybox", directory("lower/bin/" + name)) == 0 else { throw SystemFailure("symlink \(name)") }
    }
    try directory.write(
      "lower/etc/passwd",
      "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/srv/web:/bin/sh\n1234:x:0:0::/evil:/bin/sh\nbig:x:99999999999:0::/:\n")
    try directory.write("lower/etc/group", "root:x:0:\nweb:x:33:\nextra:x:44:web,other\nmore:x:45:other\n")
  }

  /// Whether a file goes: what a shim tells comes before it tidies up.
  func isGone(_ name: String) async throws -> Bool {
    try await eventually(within: 5) {
      !exists(directory(name))
    } until: {
      $0
    }
  }

  /// Everything up to the moment before the program.
  func before() -> [SetupStep] {
    [
      .isolateMounts,
      .overlayRoot(
        directory: directory.path, lower: ["lower"], upper: "upper", work: "work", attributes: []),
      .mount(type: "proc", target: "/proc", options: [], attributes: [.noSuid, .noDev, .noExec]),
      .mount(type: "tmpfs", target: "/dev", options: [MountOption("mode", "755")], attributes: [.noSuid]),
      .makeNode(target: "/dev/null", kind: .character, major: 1, minor: 3, mode: 0o666, uid: 0, gid: 0),
      .mount(
        type: "devpts", target: "/dev/pts",
        options: [MountOption("newinstance"), MountOption("ptmxmode", "0666"), MountOption("mode", "0620")],
        attributes: [.noSuid, .noExec]),
    ]
  }

  func steps(_ command: [String], extra: [SetupStep] = [], late: [SetupStep] = [], environment: [String] = environment) -> [SetupStep] {
    before() + extra + [.pivotRoot, .setHostname("box"), .awaitStart, .newSession] + late
      + [.execute(arguments: command, environment: environment)]
  }

  func start(
    _ name: String, _ steps: [SetupStep], namespaces: Namespaces = [.mount, .pid, .uts, .ipc], hasTerminal: Bool = false,
    isInteractive: Bool = false, maxSize: Int64 = 0, maxFiles: Int = 1, log: LogOptions? = nil
  ) -> ContainerStart {
    ContainerStart(
      id: name, namespaces: namespaces, steps: steps,
      io: StandardStreams(
        hasTerminal: hasTerminal, isInteractive: isInteractive, logPath: directory(name + ".log"), logMaxSize: maxSize,
        logMaxFiles: maxFiles, log: log), exitRecord: directory(name + ".exit"), socket: directory(name + ".sock"))
  }

  /// Runs a command to its end.
  func run(_ command: [String], extra: [SetupStep] = [], late: [SetupStep] = [], name: String = "box", descriptors: [Int32] = [])
    async throws
    -> (code: Int32, output: String, error: String)
  {
    let shim = try await runtime.create(start(name, steps(command, extra: extra, late: late)), descriptors: descriptors)
    try await shim.start()
    let status = await shim.exitStatus()
    return (status.code, try log(name, "stdout"), try log(name, "stderr"))
  }

  func sh(_ script: String, extra: [SetupStep] = [], late: [SetupStep] = [], descriptors: [Int32] = []) async throws -> (
    code: Int32, output: String, error: String
  ) {
    try await run(["sh", "-c", script], extra: extra, late: late, descriptors: descriptors)
  }

  func execSteps(_ command: [String], late: [SetupStep] = []) -> [SetupStep] {
    [.newSession] + late + [.execute(arguments: command, environment: Fixture.environment)]
  }

  /// The text of a stream in the log.
  func log(_ name: String = "box", _ stream: String = "stdout") throws -> String {
    try logEntries(name).filter { $0.stream == stream }.map(\.log).joined()
  }

  func logEntries(_ name: String = "box") throws -> [LogLine] { try LogLine.parse(try readFile(directory(name + ".log"))) }
}

/// The rest of a stream, read to its end.
func readToEnd(_ descriptor: SharedDescriptor?) async throws -> String {
  guard let descriptor else { throw ShimTestError(what: "no descriptor") }
  return try await onThread {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    var poll = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    while true {
      guard Glibc.poll(&poll, 1, 20000) > 0 else {
        throw ShimTestError(what: "nothing came for 20 seconds after: " + String(decoding: bytes.suffix(200), as: UTF8.self))
      }
      let count = read(descriptor.number, &buffer, buffer.count)
      if count < 0 && errno == EAGAIN { continue }
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}

/// Reads until a text has come.
func read(_ descriptor: SharedDescriptor?, until text: String) async throws -> String {
  guard let descriptor else { throw ShimTestError(what: "no descriptor") }
  return try await onThread {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    var poll = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    while true {
      guard Glibc.poll(&poll, 1, 20000) > 0 else {
        throw ShimTestError(what: "waited for \(text), got: " + String(decoding: bytes, as: UTF8.self))
      }
      let count = read(descriptor.number, &buffer, buffer.count)
      if count < 0 && errno == EAGAIN { continue }
      guard count > 0 else { throw ShimTestError(what: "ended before \(text): " + String(decoding: bytes, as: UTF8.self)) }
      bytes += buffer[..<count]
      let all = String(decoding: bytes, as: UTF8.self)
      if all.contains(text) { return all }
    }
  }
}

struct ShimTestError: Error { var what: String }

/// Waits in a thread of its own, not in the pool of the tasks.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let box = Unmanaged.passRetained(Box { continuation.resume(with: Result { try body() }) })
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      {
        Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body(); return nil
      }, box.toOpaque())
    pthread_detach(thread)
  }
}

private final class Box: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A line of a json-file log, read by a general JSON reader that knows nothing of the writer.
struct LogLine: Decodable, Equatable {
  var log: String
  var stream: String
  var time: String
}
