import Glibc
import ImageStore
import LinuxKit
import OCI

/// The directories of an overlay for one instruction; names are relative to the store's layers.
struct Overlay: Sendable {
  let directory: String
  /// Topmost first, at least one.
  let lower: [String]
  let upper: String
  let work: String
  /// Absolute.
  let upperPath: String
  /// Absolute; goes when the instruction is done.
  let workspacePath: String

  init(store: ImageStore, layers: [Digest], workspace: ImageStore.Workspace) async throws {
    directory = store.layersDirectory
    lower = await store.lower(layers)
    upper = workspace.name + "/upper"
    work = workspace.name + "/work"
    upperPath = workspace.path + "/upper"
    workspacePath = workspace.path
    for path in [upperPath, workspace.path + "/work"] where mkdir(path, 0o755) < 0 { throw KernelError.last("mkdir(2)", [path]) }
    // The merged root has the upper directory's attributes.
    let below = try Descriptor.open(directory + "/" + lower[0], O_RDONLY | O_DIRECTORY).status()
    let root = try Descriptor.open(upperPath, O_RDONLY | O_DIRECTORY)
    try root.setOwner(FileOwner(uid: below.uid, gid: below.gid))
    try root.setPermissions(below.permissions)
  }

  /// The merged view, for changing files in it.
  func view() throws(KernelError) -> RootedDirectory {
    RootedDirectory(try overlayView(lower: lower, upper: upper, work: work, directory: directory))
  }

  func hasChanges() throws(KernelError) -> Bool {
    try !Descriptor.open(upperPath, O_RDONLY | O_DIRECTORY).entries().isEmpty
  }
}

extension ImageStore {
  /// A read-only view of layers, lowest first.
  func view(_ layers: [Digest]) throws -> RootedDirectory {
    if layers.isEmpty { return try RootedDirectory(path: layersDirectory + "/" + emptyLayer) }
    return RootedDirectory(try overlayView(lower: lower(layers) + [emptyLayer], upper: nil, work: nil, directory: layersDirectory))
  }
}
