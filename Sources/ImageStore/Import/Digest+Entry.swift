import OCI

extension Digest {
  /// The digest that a part of a saved image is named by: `1a2b….json`, `1a2b….tar.gz`, `sha256:1a2b…`; nil: it has another name.
  init?(entry name: String) {
    let suffix = [".json", ".tar", ".tar.gz", ".tgz"].first { name.hasSuffix($0) } ?? ""
    let stem = name.dropLast(suffix.count)
    self.init(hex: String(stem.hasPrefix("sha256:") ? stem.dropFirst(7) : stem))
  }
}
