import Glibc
import LinuxKit
import StackModel

/// Something of the host that is mounted in a container.
struct TreeMount: Sendable {
  enum Source: Sendable {
    /// `subpath`: resolved inside it.
    case path(String, subpath: String?)
    case image(MountedImage)
  }
  var target: String
  var source: Source
  var isReadOnly = false
  /// What is mounted below comes along, and is as read-only.
  var isRecursive = true
  var isReadOnlyBelow = true

  /// Of the file systems that they are on.
  static func devices(of mounts: [TreeMount]) -> Set<UInt64> {
    var devices: Set<UInt64> = []
    for mount in mounts {
      guard case .path(let path, _) = mount.source else { continue }
      var found = stat()
      if stat(path, &found) == 0 { devices.insert(UInt64(found.st_dev)) }
    }
    return devices
  }
}

extension Container {
  /// Its binds, volumes, images and the engine's files, parents before what is mounted below them.
  func treeMounts() async throws -> [TreeMount] {
    let volumes = volumePaths()
    let images = try await imageMounts()
    var mounts: [TreeMount] = []
    for mount in mountedSpec.options.mounts {
      let subpath = mount.subpath.flatMap { $0.isEmpty ? nil : $0 }
      let source: TreeMount.Source? =
        switch mount.source {
        case .bind(let path, _, _): .path(path, subpath: nil)
        case .volume, .anonymousVolume: volumes[mount.target].map { .path($0, subpath: subpath) }
        case .image: images[mount.target].map { .image($0) }
        case .tmpfs: nil
        }
      guard let source else { continue }
      mounts.append(
        TreeMount(
          target: mount.target, source: source, isReadOnly: mount.isReadOnly, isRecursive: mount.recursion != .disabled,
          isReadOnlyBelow: mount.recursion != .writable))
    }
    for (target, path) in volumes where !mounts.contains(where: { $0.target == target }) {
      mounts.append(TreeMount(target: target, source: .path(path, subpath: nil)))
    }
    for (target, path) in [("/etc/hosts", files.hosts), ("/etc/hostname", files.hostname), ("/etc/resolv.conf", files.resolvConf)]
    where access(path, F_OK) == 0 && !mounts.contains(where: { $0.target == target }) {
      mounts.append(TreeMount(target: target, source: .path(path, subpath: nil), isReadOnly: spec.options.isReadOnly))
    }
    func depth(_ path: String) -> Int { path.split(separator: "/").count }
    return mounts.sorted { (depth($0.target), $0.target) < (depth($1.target), $1.target) }
  }
}
