import Glibc
import LinuxKit
import SystemPackage

extension ImageStore {
  /// Copies a container's upper directory into a new workspace, as `upper` there; blocks are shared where the file system can.
  public nonisolated func copy(upper: String, into workspace: Workspace) async throws {
    try await onThread { _ in
      let place = workspace.path + "/upper"
      if mkdir(place, 0o755) < 0 { throw KernelError.last("mkdir(2)", [place]) }
      try copyTree(from: FilePath(upper), to: FilePath(place))
    }
  }

  /// What an upper directory changes of layers (``Image/layers`` and the like, topmost first), sorted by path.
  public nonisolated func changes(in upper: String, over layers: [String]) async throws -> [TreeChange] {
    let lower = layers + [emptyLayer]
    let place = layersDirectory
    return try await onThread { cancellation in
      let walk = ChangeWalk(
        over: RootedDirectory(try overlayView(lower: lower, upper: nil, work: nil, directory: place)), cancellation)
      try walk.walk(Descriptor.open(upper, O_RDONLY | O_DIRECTORY))
      return walk.changes.sorted { $0.path < $1.path }
    }
  }

  /// Writes the merged root of layers (topmost first, relative to ``layersDirectory``) as a tar archive, piece by piece.
  public nonisolated func export(_ layers: [String], to take: @Sendable ([UInt8]) async throws -> Void) async throws {
    let lower = layers + [emptyLayer]
    let place = layersDirectory
    try await streaming(
      { cancellation, put in
        let view = try overlayView(lower: lower, upper: nil, work: nil, directory: place)
        _ = try CanonicalTar(cancellation, isLayer: false, to: put).layer(of: view.open(at: ".", O_RDONLY | O_DIRECTORY))
      }, to: take)
  }

  /// Whether there is nothing in a directory.
  public nonisolated func isEmpty(_ directory: String) throws -> Bool {
    try Descriptor.open(directory, O_RDONLY | O_DIRECTORY).entries().isEmpty
  }
}
