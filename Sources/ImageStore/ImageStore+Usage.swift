import Glibc
import LinuxKit
import OCI

extension ImageStore {
  /// The layers that no image has: what builds have kept for the next build.
  public func unusedLayers() -> [Layer] {
    let needed = Set(images.values.flatMap(\.config.rootfs.diffIDs))
    return layers.values.filter { !needed.contains($0.diffID) }.sorted { $0.diffID < $1.diffID }
  }

  /// Directory and size of each cache of `RUN --mount=type=cache`.
  public nonisolated func cacheMounts() async throws -> [(name: String, size: Int64)] {
    let place = cacheDirectory + "/mounts"
    return try await onThread { _ in
      guard access(place, F_OK) == 0 else { return [] }
      let directory = try Descriptor.open(place, O_RDONLY | O_DIRECTORY)
      var found: [(name: String, size: Int64)] = []
      for entry in try directory.entries().sorted(by: { $0.text < $1.text }) {
        guard let size = try? directory.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).diskUse() else { continue }
        found.append((entry.text, size))
      }
      return found
    }
  }
}
