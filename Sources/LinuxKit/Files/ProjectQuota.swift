import CLinux
import Glibc

/// A limit of what directories may hold together: a project of `quotactl_fd(2)`, on ext4 and xfs that are mounted with `prjquota`.
public struct ProjectQuota: Equatable, Sendable {
  /// The number that the files carry.
  public var project: UInt32
  /// In bytes; 0 is without limit.
  public var limit: UInt64
  /// In bytes.
  public var used: UInt64

  /// Whether the file system of a directory has them, and this process may set them.
  ///
  /// - Parameter writes: false: only whether they can be read, which says no more than that nothing speaks against them.
  public static func exist(at directory: String, writes: Bool = true) -> Bool {
    guard let place = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY) else { return false }
    var limit: UInt64 = 0
    var used: UInt64 = 0
    guard clinux_get_project_limit(place.number, Self.unused, &limit, &used) == 0 else { return false }
    // A write that changes nothing: reading alone would not say whether limits are kept.
    return !writes || clinux_set_project_limit(place.number, Self.unused, limit) == 0
  }

  /// Puts empty directories of one file system under a limit of their own, rounded down to whole KiB. `ESRCH`, `ENOSYS` or `ENOTTY` where there
  /// are no such quotas.
  public static func set(_ bytes: UInt64, on directories: [String]) throws(KernelError) {
    guard let first = directories.first else { return }
    let place = try Descriptor.open(first, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    let project = try unusedProject(place)
    let number = place.number
    try kernel("quotactl_fd(2)", [first]) { clinux_set_project_limit(number, project, bytes) }
    for path in directories {
      let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      let number = directory.number
      try kernel("ioctl(2) FS_IOC_FSSETXATTR", [path]) { clinux_set_project(number, project) }
    }
  }

  /// The limit that a directory is under; nil: none.
  public static func of(_ directory: String) -> ProjectQuota? {
    guard let place = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
    var quota = ProjectQuota(project: 0, limit: 0, used: 0)
    guard clinux_get_project(place.number, &quota.project) == 0, quota.project != 0,
      clinux_get_project_limit(place.number, quota.project, &quota.limit, &quota.used) == 0
    else { return nil }
    return quota
  }

  /// The limit of a project on a directory's file system, in bytes; nil when it cannot be asked for.
  public static func limit(of project: UInt32, at directory: String) -> UInt64? {
    guard let place = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY) else { return nil }
    var limit: UInt64 = 0
    var used: UInt64 = 0
    return clinux_get_project_limit(place.number, project, &limit, &used) == 0 ? limit : nil
  }

  /// Forgets the limit. `directory` is any on the same file system.
  public func forget(at directory: String) {
    guard let place = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY) else { return }
    _ = clinux_set_project_limit(place.number, project, 0)
  }

  /// A number that no file has and no limit, out of a range that people do not number their projects from.
  private static func unusedProject(_ place: borrowing Descriptor) throws(KernelError) -> UInt32 {
    let number = place.number
    while true {
      let project = UInt32.random(in: 0x4000_0000...0x7fff_ffff)
      var limit: UInt64 = 0
      var used: UInt64 = 0
      if clinux_get_project_limit(number, project, &limit, &used) < 0 {
        // xfs has nothing to tell of a project without files.
        if errno == ENOENT { return project }
        throw KernelError.last("quotactl_fd(2)")
      }
      if limit == 0, used == 0 { return project }
    }
  }

  /// For asking: nobody's.
  private static let unused: UInt32 = 0x7fff_fffe
}
