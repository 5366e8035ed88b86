import Glibc

/// What an engine may leave on its host, written down before a test and compared after it.
public struct HostLedger: Sendable {
  private let root: String
  private let runDirectory: String
  private let before: Entries

  /// The things, each with a name that says which it is.
  public struct Entries: Sendable, Equatable, CustomStringConvertible {
    /// Mount points below the root.
    public var mounts: [String] = []
    /// Bridges and veths named as Muster names them.
    public var links: [String] = []
    /// nft tables named as Muster names them: `inet muster_1a2b3c`.
    public var tables: [String] = []
    /// cgroup directories named as Muster names them.
    public var cgroups: [String] = []
    /// Processes of the root: `812 muster-shim`.
    public var processes: [String] = []
    /// Network namespaces of those processes and below the root.
    public var namespaces: [String] = []
    /// Files in the run directory, and what is left of containers and volumes.
    public var files: [String] = []

    public var isEmpty: Bool { self == Entries() }

    public var description: String {
      let all = [
        ("mount", mounts), ("link", links), ("nft table", tables), ("cgroup", cgroups), ("process", processes),
        ("network namespace", namespaces), ("file", files),
      ]
      return all.flatMap { kind, names in names.map { "\(kind) \($0)" } }.joined(separator: "\n")
    }
  }

  /// Writes down what is there before the engine of this root has started.
  public init(of muster: Muster) async throws {
    root = muster.root
    runDirectory = muster.runDirectory
    before = try await Self.entries(root: root, runDirectory: runDirectory)
  }

  /// What is there now and was not before.
  public func changes() async throws -> Entries {
    var now = try await Self.entries(root: root, runDirectory: runDirectory)
    now.mounts.removeAll(where: before.mounts.contains)
    now.links.removeAll(where: before.links.contains)
    now.tables.removeAll(where: before.tables.contains)
    now.cgroups.removeAll(where: before.cgroups.contains)
    return now
  }

  /// The same, once the kernel and ending processes have had time to finish: a network namespace goes a moment after its last process.
  public func settledChanges() async throws -> Entries {
    try await eventually { try await changes() } until: { $0.isEmpty }
  }

  private static func entries(root: String, runDirectory: String) async throws -> Entries {
    var entries = Entries()
    entries.mounts = mountPoints().filter { $0.hasPrefix(root + "/") }
    entries.links = names(in: "/sys/class/net").filter { $0.hasPrefix("mu-") || $0.hasPrefix("mv-") }
    entries.tables = try await run("nft", "list", "tables").expect().lines
      .map { String($0.dropFirst("table ".count)) }.filter { $0.contains(" muster") }
    for hierarchy in ["/sys/fs/cgroup"] + names(in: "/sys/fs/cgroup").map({ "/sys/fs/cgroup/" + $0 }) where isDirectory(hierarchy) {
      entries.cgroups += cgroups(below: hierarchy, depth: 4)
    }
    for pid in processes(under: root) {
      entries.processes.append("\(pid) \((try? readText("/proc/\(pid)/comm"))?.dropLast() ?? "")")
      if let namespace = linkTarget("/proc/\(pid)/ns/net"), namespace != linkTarget("/proc/self/ns/net") {
        entries.namespaces.append(namespace)
      }
    }
    for directory in [runDirectory, root + "/containers", root + "/volumes"] {
      entries.files += names(in: directory).map { directory + "/" + $0 }
    }
    return entries
  }

  /// Processes, without this one, that belong to the root: their arguments, environment, open files or own root directory say so.
  public static func processes(under root: String) -> [Int32] {
    names(in: "/proc").compactMap { Int32($0) }.filter { pid in
      guard pid != getpid() else { return false }
      let directory = "/proc/\(pid)"
      let texts = ["cmdline", "environ"].map { (try? readText("\(directory)/\($0)")) ?? "" }
      if texts.contains(where: { $0.contains(root + "/") || $0.contains(root + "\0") }) { return true }
      if names(in: directory + "/fd").contains(where: { linkTarget("\(directory)/fd/\($0)")?.hasPrefix(root + "/") == true }) { return true }
      // Only the mount that is its "/": a mount of the host's is in the table of every process.
      let table = (try? readText("\(directory)/mountinfo")) ?? ""
      return table.split(separator: "\n").contains { $0.split(separator: " ").dropFirst(4).first == "/" && $0.contains(root + "/") }
    }
  }

  private static func mountPoints() -> [String] {
    let text = (try? readText("/proc/self/mountinfo")) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      return fields.count > 4 ? String(fields[4]) : nil
    }
  }

  private static func cgroups(below directory: String, depth: Int) -> [String] {
    guard depth > 0 else { return [] }
    return names(in: directory).flatMap { name -> [String] in
      let path = directory + "/" + name
      guard isDirectory(path) else { return [] }
      return (path.contains("/muster") ? [path] : []) + cgroups(below: path, depth: depth - 1)
    }
  }
}
