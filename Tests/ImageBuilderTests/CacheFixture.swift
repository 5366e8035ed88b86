import Foundation
import Glibc
import ImageStore
import LinuxKit
import OCI
import StackModel

extension BuildSpec {
  mutating func reads(_ places: CachePlace...) { requests = .reading(places) }
  mutating func writes(_ places: CachePlace...) {
    var requests = requests ?? BuildRequests()
    requests.cacheTo = places
    self.requests = requests
  }
}

extension BuildRequests {
  static func reading(_ places: [CachePlace]) -> BuildRequests {
    var requests = BuildRequests()
    requests.cacheFrom = places
    return requests
  }
}

extension BuildFixture {
  /// The cache in the fixture's own directory.
  func cache(_ use: CachePlace.Use, _ more: [String: String] = [:]) -> CachePlace {
    CachePlace(type: "local", options: more.merging([use == .reading ? "src" : "dest": path + "/cache"]) { $1 })
  }

  /// What the last build was told that does not go as asked.
  var warnings: [String] {
    lines.compactMap { $0.hasPrefix("[Warning] ") ? String($0.dropFirst("[Warning] ".count)) : nil }
  }

  /// Leaves nothing of builds but what they wrote elsewhere, and the base.
  func forgetBuilds() async throws {
    for image in await store.list() where !image.references.contains("base:1") {
      _ = try await store.remove(image.id.description, force: true) { _ in nil }
    }
    _ = try await store.removeUnusedLayers()
    try Descriptor.open(store.cacheDirectory, O_RDONLY | O_DIRECTORY).removeContents()
    sandbox.forget()
  }
}

/// Removes a tree of the host.
func removeAll(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }
