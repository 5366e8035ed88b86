import Glibc
import LinuxKit
import OCI
import SystemPackage

extension StoreDirectories {
  func writeIndex(_ images: [Digest: ImageStore.StoredImage]) throws {
    var written = StoreIndex()
    for (id, image) in images {
      written.images[id.description] = image.references.sorted()
      if let manifest = image.manifest { written.manifests = (written.manifests ?? [:]).merging([id.description: manifest]) { $1 } }
      let pulled = image.pulled.filter { image.references.contains($0.key) }
      if !pulled.isEmpty { written.pulled = (written.pulled ?? [:]).merging([id.description: pulled]) { $1 } }
    }
    try atomicWrite(FilePath(index), try JSON.encode(written), mode: 0o600)
  }

  /// The index. A damaged one is put aside, and the images are found by their configurations, without names.
  func readIndex(problems: inout [String]) -> StoreIndex {
    let bytes: [UInt8]
    do { bytes = try readFile(index, limit: 64 << 20) } catch {
      if error.errno != ENOENT { problems.append("the index of images cannot be read: \(error)") }
      return StoreIndex()
    }
    if let read = try? JSON.decode(StoreIndex.self, from: bytes) { return read }
    let aside = index + ".damaged"
    rename(index, aside)
    problems.append("the index of images was damaged and is now \(aside); images have lost their names")
    var found = StoreIndex()
    guard let directory = try? Descriptor.open(blobs, O_RDONLY | O_DIRECTORY), let entries = try? directory.entries() else { return found }
    for entry in entries {
      if let id = Digest(hex: entry.text), readConfig(id) != nil { found.images[id.description] = [] }
    }
    return found
  }

  /// A configuration whose bytes still have the digest.
  func readConfig(_ id: Digest) -> ImageConfig? {
    guard let bytes = try? readFile(blob(id), limit: SavedImage.configurationLimit), ContentHash.of(bytes) == id else { return nil }
    return try? JSON.decode(ImageConfig.self, from: bytes)
  }
}
