import OCI

/// Which images there are and what they are called: `index.json`.
struct StoreIndex: Codable, Equatable {
  var version = 1
  /// Image id → its names.
  var images: [String: [ImageReference]] = [:]
}
