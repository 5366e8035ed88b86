import Glibc
public import LinuxKit

/// A control group at a path that somebody else has chosen (`linux.cgroupsPath` of an OCI configuration): the same below each hierarchy's
/// mount point, or, for a relative path, below this process's own group.
///
/// Unlike an engine's groups, what is above it is made when it is missing and never removed.
public struct PlacedCgroup: Sendable {
  /// A directory of the host.
  public struct Directory: Equatable, Sendable {
    /// Of version 1; empty for version 2.
    public var controllers: [String]
    public var path: String
  }

  private var group: Group
  private let layout: CgroupLayout

  public init(path: String) throws(CgroupError) {
    let parts = path.split(separator: "/")
    guard !parts.isEmpty, !parts.contains(".."), !path.utf8.contains(0) else { throw CgroupError("placing", "\"\(path)\"", errno: EINVAL) }
    layout = try .ofThisMachine()
    let below = "/" + parts.joined(separator: "/")
    let version = layout.version
    group = Group(
      name: String(parts[parts.count - 1]), version: version,
      places: layout.hierarchies.map { hierarchy in
        let top = path.hasPrefix("/") ? hierarchy.mountPoint : hierarchy.own
        return Place(hierarchy: hierarchy, directory: GroupDirectory(path: top + below), version: version)
      })
  }

  public var version: CgroupVersion { group.version }
  public var directories: [Directory] {
    group.places.map { Directory(controllers: $0.hierarchy.isUnified ? [] : $0.hierarchy.controllers, path: $0.directory.path) }
  }

  /// Makes the group. One that is there is taken, unless processes are in it.
  public func make(_ limits: ResourceLimits) throws(CgroupError) {
    var made: [GroupDirectory] = []
    do throws(CgroupError) {
      for place in group.places { try make(place, &made) }
      let pids = try group.processes()
      if !pids.isEmpty { throw CgroupError("taking", group.name, errno: EBUSY, hint: "processes \(pids) are in it") }
      try group.apply(limits)
    } catch {
      for directory in made.reversed() { rmdir(directory.path) }
      throw error
    }
  }

  private func make(_ place: Place, _ made: inout [GroupDirectory]) throws(CgroupError) {
    let top = place.directory.path.hasPrefix(place.hierarchy.mountPoint) ? place.hierarchy.mountPoint : place.hierarchy.own
    var here = GroupDirectory(path: top)
    for part in place.directory.path.dropFirst(top.count).split(separator: "/") {
      let next = here.inner(String(part))
      if !next.isThere {
        try next.make()
        made.append(next)
      }
      for controller in place.controllers { try controller.prepare(next, in: here) }
      here = next
    }
  }

  public var isThere: Bool { group.places.contains { $0.directory.isThere } }
  /// The files that take a process of one thread in, for writing.
  public func openProcs() throws(CgroupError) -> [SharedDescriptor] { try group.openProcs() }
  public func apply(_ limits: ResourceLimits) throws(CgroupError) { try group.apply(limits) }
  public func discarded(_ limits: ResourceLimits) -> [String] { group.discarded(limits) }
  /// All processes, those of nested groups included.
  public func processes() throws(CgroupError) -> [Int32] { try group.processes() }
  public func kill() throws(CgroupError) { try group.kill() }
  public func freeze() throws(CgroupError) { try group.freeze() }
  public func thaw() throws(CgroupError) { try group.thaw() }
  public var isFrozen: Bool { group.isFrozen }
  public var memoryLimit: Int64? { group.memoryLimit }
  public func blockUsage() -> [BlockUsage] { group.blockUsage() }
  public var oomKills: Int { group.oomKills }

  /// Removes the group and those nested in it, waiting up to ten seconds for killed processes to be gone. A group that is gone is fine.
  public func remove() throws(CgroupError) {
    var wait: UInt32 = 500
    var waited: UInt32 = 0
    while true {
      var busy: CgroupError?
      for place in group.places { if let error = try group.removed(place.directory) { busy = error } }
      guard let busy else { return }
      if waited > 10_000_000 { throw busy }
      usleep(wait)
      waited += wait
      wait = min(wait * 2, 50_000)
    }
  }

  /// The number in a file of the group, or behind a word in it; nil when there is none. The first hierarchy that has the file counts.
  public func number(_ file: String, _ word: String? = nil) -> Int64? {
    for place in group.places where place.directory.exists(file) {
      return word.map { place.directory.number(file, $0) } ?? place.directory.number(file)
    }
    return nil
  }

  /// The text of a file of the group.
  public func text(_ file: String) -> String? {
    for place in group.places where place.directory.exists(file) { return try? place.directory.read(file) }
    return nil
  }

  /// The controllers of the container's view of its groups, as `CgroupDriver.hierarchies`.
  public var hierarchies: [[String]] { layout.hierarchies.filter { !$0.isUnified }.map(\.controllers) }
  public var hasUnified: Bool { layout.hierarchies.contains(where: \.isUnified) }
}
