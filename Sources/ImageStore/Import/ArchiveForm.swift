import LinuxKit
import OCI
import Tar

/// What an imported archive is.
public enum ArchiveForm: String, Sendable {
  case rootFilesystem = "root file system"
  case dockerArchive = "docker archive"
  case ociLayout = "OCI layout"

  /// Looks at the entries' names as long as only a saved image would have them; of what is said to be one, at all of them: jib, crane, ko and others
  /// call configurations and layers as they like.
  static func detect(_ archive: ArchiveReader, isSaved: Bool) throws -> ArchiveForm {
    var names: Set<[UInt8]> = []
    while let entry = try archive.next() {
      let path = try EntryPath(entry.path)
      guard let first = path.names.first else { continue }
      guard isSaved || isOfSavedImage(first) else { return .rootFilesystem }
      if path.names.count == 1, entry.kind == .file { names.insert(first) }
    }
    if names.contains(Array("manifest.json".utf8)) { return .dockerArchive }
    if names.contains(Array("oci-layout".utf8)), names.contains(Array("index.json".utf8)) { return .ociLayout }
    return .rootFilesystem
  }

  private static func isOfSavedImage(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    if ["manifest.json", "repositories", "oci-layout", "index.json", "blobs"].contains(text) { return true }
    return Digest(entry: text) != nil
  }
}
