import Glibc

/// An engine of a test's own, and the `muster` command that speaks to it: the real programs, with a root that no other uses.
public final class Muster: Sendable {
  /// Where the three programs are: `MUSTER_TEST_PROGRAMS`, else beside the test program, where `swift build` puts them.
  public static let programs: String = {
    if let named = getenv("MUSTER_TEST_PROGRAMS") { return String(cString: named) }
    return parent(of: linkTarget("/proc/self/exe") ?? "/")
  }()

  private let directory: TemporaryDirectory
  /// `MUSTER_ROOT`. Its run directory is `<root>/run`.
  public let root: String
  /// What this engine has on the host.
  public let ledger: HostLedger

  /// - Parameters:
  ///   - name: part of the temporary directory's name, short: the path of a socket below it has 107 bytes.
  ///   - names: how the engine of a root names its things.
  public init(_ name: String, names: (_ root: String) -> HostNames) throws {
    directory = try TemporaryDirectory(name)
    root = directory("r")
    ledger = HostLedger(root: root, names: names(root))
  }

  public var runDirectory: String { root + "/run" }

  /// The environment of a command: the plain one and the engine's place, and nothing else.
  public var environment: [String: String] { plainEnvironment(["MUSTER_ROOT": root]) }

  /// Runs a command to its end, whatever its status.
  public func callAsFunction(
    _ arguments: [String], in place: String? = nil, environment additions: [String: String] = [:], input: String = ""
  ) async throws -> Outcome {
    try await start(arguments, in: place, environment: additions, streams: .text(input)).end()
  }

  /// Starts a command and goes on.
  public func start(
    _ arguments: [String], in place: String? = nil, environment additions: [String: String] = [:], streams: Child.Streams = .text("")
  ) throws -> Child {
    try Child(
      [Muster.programs + "/muster"] + arguments, environment: environment.merging(additions) { _, new in new }, directory: place,
      streams: streams)
  }

  /// The pid of the engine; nil when none runs.
  public var engine: Int32? {
    HostLedger.processes(under: root).first { (try? readText("/proc/\($0)/comm")) == "musterd\n" }
  }

  /// Signals the engine and waits for its end: whether there was one and it ended.
  @discardableResult
  public func endEngine(_ signal: Int32) async -> Bool {
    guard let pid = engine else { return false }
    kill(pid, signal)
    return await hasEnded(pid)
  }

  /// What the engine has written.
  public var engineLog: String { (try? readText(root + "/musterd.log")) ?? "" }

  /// Takes down by force what a failed test left: processes, mounts, links, tables, cgroups.
  public func destroy() async throws {
    for round in 0..<3 {
      let processes = HostLedger.processes(under: root)
      if processes.isEmpty { break }
      // The engine first: it would start again what ends.
      for pid in (round == 0 ? engine.map { [$0] } : nil) ?? processes { kill(pid, SIGKILL) }
      for pid in processes where round > 0 { _ = await hasEnded(pid, within: 5) }
    }
    let now = try await ledger.entries()
    for mount in now.mounts.reversed() { _ = try await run("umount", "--lazy", mount) }
    for link in now.links { _ = try await run("ip", "link", "delete", link) }
    for table in now.tables { _ = try await run(["nft", "delete", "table"] + table.split(separator: " ").map(String.init)) }
    for cgroup in now.cgroups.sorted(by: { $0.count > $1.count }) { rmdir(cgroup) }
  }
}
