import Glibc
import LinuxKit
import SystemPackage

extension ImageStore {
  /// Fills an empty directory (a new volume) with what an image has at `path`, its owner and mode included, as Docker does.
  ///
  /// `layers` are ``Image/layers``. Symbolic links on the way are followed inside the image only. Nothing at the path, or no directory, or a
  /// directory that is not empty: nothing happens. After a failure the directory is empty again. Returns whether there was something to take.
  @discardableResult
  public nonisolated func seed(_ layers: [String], path: String, into directory: String) async throws -> Bool {
    let place = layersDirectory
    let lower = layers + [emptyLayer]
    let hasContent = layers != [emptyLayer]
    return try await onThread { _ in
      let target = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      guard hasContent, try target.entries().isEmpty else { return false }
      let root = RootedDirectory(try overlayView(lower: lower, upper: nil, work: nil, directory: place))
      guard let source = try openDirectory(root, path) else { return false }
      do {
        try copyTree(from: source, to: target)
      } catch {
        try target.removeContents()
        throw error
      }
      return true
    }
  }
}

/// A directory inside the root, nil when there is none.
private func openDirectory(_ root: borrowing RootedDirectory, _ path: String) throws(KernelError) -> Descriptor? {
  do throws(KernelError) {
    return try root.open(path, O_RDONLY | O_DIRECTORY)
  } catch  where [ENOENT, ENOTDIR, ELOOP].contains(error.errno) { return nil }
}
