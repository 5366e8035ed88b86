import LinuxKit
import Glibc

/// The hierarchies that groups are made in.
struct CgroupLayout: Equatable, Sendable {
  var version: CgroupVersion
  var hierarchies: [Hierarchy]

  /// Version 1 controllers that are used; a hierarchy without any of them is left alone.
  static let controllers: Set<String> = ["blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"]

  init(version: CgroupVersion, hierarchies: [Hierarchy]) {
    self.version = version
    self.hierarchies = hierarchies
  }

  /// From the files of /proc that say what is mounted and where this process is.
  static func ofThisMachine() throws(CgroupError) -> CgroupLayout {
    try CgroupLayout(
      mountinfo: try GroupDirectory.text("/proc/self/mountinfo"), membership: try GroupDirectory.text("/proc/self/cgroup"))
  }

  /// `mountinfo` and `membership` are the texts of `/proc/self/mountinfo` (proc(5)) and `/proc/self/cgroup` (cgroups(7)).
  init(mountinfo: String, membership: String) throws(CgroupError) {
    let own = Membership(membership)
    var legacy: [Hierarchy] = []
    var unified: Hierarchy?
    for mount in mountinfo.split(separator: "\n").compactMap({ MountedHierarchy(line: $0) }) {
      if mount.isUnified {
        if unified == nil, let path = mount.directory(of: own.unified) {
          unified = Hierarchy(controllers: [], isUnified: true, mountPoint: mount.mountPoint, own: path)
        }
      } else if !Self.controllers.isDisjoint(with: mount.controllers), !legacy.contains(where: { $0.controllers == mount.controllers }) {
        guard let controller = mount.controllers.first, let path = own.legacy[controller].flatMap(mount.directory) else { continue }
        legacy.append(Hierarchy(controllers: mount.controllers, isUnified: false, mountPoint: mount.mountPoint, own: path))
      }
    }
    legacy.sort { $0.controllers.joined(separator: ",") < $1.controllers.joined(separator: ",") }
    switch (legacy.isEmpty, unified) {
    case (true, let unified?):
      version = .v2
      // Not below the engine's own group: a group of version 2 with processes of its own cannot have limited groups in it.
      hierarchies = [Hierarchy(controllers: [], isUnified: true, mountPoint: unified.mountPoint, own: unified.mountPoint)]
    case (true, nil):
      throw CgroupError("finding", "/sys/fs/cgroup", hint: "no control groups are mounted; mount cgroup2 there")
    case (false, let unified):
      version = unified == nil ? .v1 : .hybrid
      hierarchies = legacy + (unified.map { [$0] } ?? [])
    }
  }
}

/// One tree of groups.
struct Hierarchy: Equatable, Sendable {
  /// Of version 1; those of version 2 are read where they are needed.
  var controllers: [String]
  var isUnified: Bool
  var mountPoint: String
  /// The directory below which groups are made.
  var own: String
}

/// `/proc/self/cgroup`: where a process is in each hierarchy.
struct Membership: Equatable {
  /// By controller.
  var legacy: [String: String] = [:]
  var unified = "/"

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      // 4:memory:/a/b
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[0] == "0" && fields[1].isEmpty {
        unified = String(fields[2])
      } else {
        for controller in fields[1].split(separator: ",") { legacy[String(controller)] = String(fields[2]) }
      }
    }
  }
}
