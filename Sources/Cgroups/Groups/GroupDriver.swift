import Glibc
import LinuxKit

/// Makes a directory for a group in each of the hierarchies of a layout.
struct GroupDriver: CgroupDriver {
  let layout: CgroupLayout
  /// The directory that all groups are in.
  let namespace: String

  var version: CgroupVersion { layout.version }
  var hierarchies: [[String]] { layout.hierarchies.filter { !$0.isUnified }.map(\.controllers) }
  var hasUnified: Bool { layout.hierarchies.contains(where: \.isUnified) }

  func create(_ name: String, _ limits: ResourceLimits) throws(CgroupError) -> any Cgroup {
    let group = try group(named: name)
    do throws(CgroupError) {
      for place in group.places { try make(place) }
      try group.apply(limits)
    } catch {
      for place in group.places {
        rmdir(place.directory.path)
        rmdir(parent(in: place.hierarchy).path)
      }
      throw error
    }
    return group
  }

  func find(_ name: String) -> (any Cgroup)? {
    guard var group = try? group(named: name) else { return nil }
    let isThere = group.places.map(\.directory.isThere)
    guard isThere.contains(true) else { return nil }
    // An engine that has been started elsewhere has another group of its own; what an earlier one made is where its processes are.
    if isThere.contains(false), let pid = (try? group.processes())?.first, let text = try? GroupDirectory.text("/proc/\(pid)/cgroup") {
      let membership = Membership(text)
      for (index, place) in group.places.enumerated() where !isThere[index] {
        guard let path = place.path(in: membership), path.hasSuffix("/\(namespace)/\(name)") else { continue }
        group.places[index].directory = GroupDirectory(path: place.hierarchy.mountPoint + path)
      }
    }
    group.places.removeAll { !$0.directory.isThere }
    return group
  }

  func names() throws(CgroupError) -> [String] {
    var names: Set<String> = []
    for hierarchy in layout.hierarchies { names.formUnion(try parent(in: hierarchy).children()) }
    return names.sorted()
  }

  private func parent(in hierarchy: Hierarchy) -> GroupDirectory { GroupDirectory(path: hierarchy.own + "/" + namespace) }

  private func group(named name: String) throws(CgroupError) -> Group {
    let name = try groupName(name)
    return Group(
      name: name, version: version,
      places: layout.hierarchies.map { Place(hierarchy: $0, directory: parent(in: $0).inner(name), version: version) })
  }

  /// The directory that a group is in may be taken away by another group's removal at any moment, so this tries again.
  private func make(_ place: Place) throws(CgroupError) {
    let parent = parent(in: place.hierarchy)
    for attempt in 1...10 {
      try parent.make()
      for controller in place.controllers { try controller.prepare(parent, in: GroupDirectory(path: place.hierarchy.own)) }
      if mkdir(place.directory.path, 0o755) != 0 {
        switch errno {
        case ENOENT where attempt < 10: continue
        case EEXIST where attempt < 10:
          if rmdir(place.directory.path) == 0 || errno == ENOENT { continue }
          throw CgroupError("replacing", place.directory.path, errno: errno, hint: "there are processes or groups in it")
        default: throw CgroupError("making", place.directory.path, errno: errno)
        }
      }
      for controller in place.controllers { try controller.prepare(place.directory, in: parent) }
      return
    }
  }
}

/// A group's directory in one hierarchy.
struct Place: Equatable, Sendable {
  var hierarchy: Hierarchy
  var directory: GroupDirectory
  /// Only a machine of version 2 has controllers in the unified hierarchy.
  var version: CgroupVersion

  /// What can be limited here.
  var controllers: [any Controller] {
    if hierarchy.isUnified { return version == .v2 ? unifiedControllers : [] }
    return hierarchy.controllers.flatMap { legacyControllers[$0] ?? [] }
  }

  func path(in membership: Membership) -> String? {
    hierarchy.isUnified ? membership.unified : hierarchy.controllers.first.flatMap { membership.legacy[$0] }
  }

  static func == (left: Place, right: Place) -> Bool { left.directory == right.directory && left.hierarchy == right.hierarchy }
}
