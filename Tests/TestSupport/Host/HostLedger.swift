import Glibc

/// What an engine has on its host outside its database and images: after `down -v` and the engine's end, nothing.
public struct HostLedger: Sendable {
  private let root: String
  public let names: HostNames

  /// The things, each with a name that says which it is.
  public struct Entries: Sendable, Equatable, CustomStringConvertible {
    /// Mount points below the root.
    public var mounts: [String] = []
    /// Bridges and the host's ends of veths.
    public var links: [String] = []
    /// nft tables: `inet muster_1a2b3c`.
    public var tables: [String] = []
    /// cgroup directories, in every hierarchy.
    public var cgroups: [String] = []
    /// Processes of the root: `812 muster-shim`.
    public var processes: [String] = []
    /// Network namespaces of those processes and below the root.
    public var namespaces: [String] = []
    /// Files in the run directory, without locks, and what is left of containers and volumes.
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

  /// The ledger of an engine's root, whose things on the host have these names.
  public init(root: String, names: HostNames) {
    self.root = root
    self.names = names
  }

  /// The same, once the kernel and ending processes have had time to finish: a network namespace goes a moment after its last process.
  public func settledEntries() async throws -> Entries {
    try await eventually {
      try await entries()
    } until: {
      $0.isEmpty
    }
  }

  /// What is there now.
  public func entries() async throws -> Entries {
    var entries = Entries()
    entries.mounts = mountPoints().filter { $0.hasPrefix(root + "/") }
    entries.links = TestSupport.names(in: "/sys/class/net").filter { link in names.links.contains { link.hasPrefix($0) } }
    entries.tables = try await run("nft", "list", "tables").expect().lines
      .map { String($0.dropFirst("table ".count)) }.filter { $0.hasSuffix(" " + names.table) }
    entries.cgroups = cgroups(below: "/sys/fs/cgroup", depth: 8)
    for pid in HostLedger.processes(under: root) {
      entries.processes.append("\(pid) \((try? readText("/proc/\(pid)/comm"))?.dropLast() ?? "")")
      if let namespace = linkTarget("/proc/\(pid)/ns/net"), namespace != linkTarget("/proc/self/ns/net") {
        entries.namespaces.append(namespace)
      }
    }
    for directory in [root + "/run", root + "/containers", root + "/volumes"] { entries.files += filesBelow(directory) }
    // What flock(2) holds stays: to remove it would let two engines each hold one.
    entries.files.removeAll { $0.hasPrefix(root + "/run/") && $0.hasSuffix(".lock") }
    // What the kernel has been given to confine containers by, until the machine ends.
    entries.files.removeAll { $0 == root + "/run/apparmor" }
    return entries
  }

  /// Processes, without this one, that belong to the root: their arguments, environment, open files or own root directory say so.
  public static func processes(under root: String) -> [Int32] {
    TestSupport.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
      guard pid != getpid() else { return false }
      let directory = "/proc/\(pid)"
      let texts = ["cmdline", "environ"].map { (try? readText("\(directory)/\($0)")) ?? "" }
      if texts.contains(where: { $0.contains(root + "/") || $0.contains(root + "\0") }) { return true }
      if TestSupport.names(in: directory + "/fd").contains(where: { linkTarget("\(directory)/fd/\($0)")?.hasPrefix(root + "/") == true }) {
        return true
      }
      // Only the mount that is its "/": a mount of the host's is in the table of every process.
      let table = (try? readText("\(directory)/mountinfo")) ?? ""
      return table.split(separator: "\n").contains { $0.split(separator: " ").dropFirst(4).first == "/" && $0.contains(root + "/") }
    }
  }

  private func mountPoints() -> [String] {
    let text = (try? readText("/proc/self/mountinfo")) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      return fields.count > 4 ? String(fields[4]) : nil
    }
  }

  /// Everything but empty directories.
  private func filesBelow(_ directory: String) -> [String] {
    TestSupport.names(in: directory).flatMap { name -> [String] in
      let path = directory + "/" + name
      return isDirectory(path) ? filesBelow(path) : [path]
    }
  }

  private func cgroups(below directory: String, depth: Int) -> [String] {
    guard depth > 0 else { return [] }
    return TestSupport.names(in: directory).flatMap { name -> [String] in
      let path = directory + "/" + name
      guard isDirectory(path) else { return [] }
      let isOwn = ([names.cgroup] + names.scopes).contains { name == $0 || path.contains("/\($0)/") }
      return (isOwn ? [path] : []) + cgroups(below: path, depth: depth - 1)
    }
  }
}
