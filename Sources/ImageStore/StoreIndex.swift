import OCI

/// Which images there are and what they are called: `index.json`.
struct StoreIndex: Codable, Equatable {
  var version = 1
  /// Image id → its names.
  var images: [String: [ImageReference]] = [:]
  /// Image id → the manifest that it came with from a registry.
  var manifests: [String: Digest]?
  /// Image id → its names → when each was last looked for in its registry, in seconds since 1970.
  var pulled: [String: [ImageReference: Int64]]?
}
