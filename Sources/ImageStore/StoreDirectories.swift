import Glibc
import LinuxKit
import OCI
import SystemPackage

/// The directories of the store: unpacked layers, configurations by digest, and temporary places that are emptied when the store opens.
///
/// Everything appears under its name complete and on disk, by `rename(2)`.
struct StoreDirectories: Sendable {
  let root: String
  var layers: String { root + "/layers" }
  /// What is known of each layer, `NAME.json`.
  var layerFacts: String { root + "/layer-facts" }
  var blobs: String { root + "/blobs/sha256" }
  /// What pulls that were broken off have got of layers, by digest.
  var partials: String { root + "/partial" }
  var temporary: String { root + "/temp" }
  var cache: String { root + "/cache" }
  /// An empty directory, the lowest layer of images without any.
  var empty: String { root + "/empty" }
  /// The lowest layer of every container: the places of what is mounted in each.
  var base: String { root + "/base" }
  var index: String { root + "/index.json" }

  func open() throws {
    for path in [root, root + "/blobs", blobs, layers, layerFacts, partials, temporary, cache, empty] {
      if mkdir(path, 0o700) < 0, errno != EEXIST { throw KernelError.last("mkdir(2)", [path]) }
    }
    try Descriptor.open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).removeContents()
    // Where layers are unpacked, and come from.
    spreadEntries(of: temporary)
    // Overlay takes the permissions of the merged root from the topmost layer.
    if chmod(empty, 0o755) < 0 { throw KernelError.last("chmod(2)", [empty]) }
    try makeBase()
  }

  private func makeBase() throws {
    for path in ["", "/proc", "/sys", "/dev", "/etc"] {
      if mkdir(base + path, 0o755) < 0, errno != EEXIST { throw KernelError.last("mkdir(2)", [base + path]) }
      if chmod(base + path, 0o755) < 0 { throw KernelError.last("chmod(2)", [base + path]) }
    }
    for path in ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"] {
      try Descriptor.open(base + path, O_WRONLY | O_CREAT | O_NOFOLLOW, mode: 0o644).setPermissions(0o644)
    }
  }

  func facts(_ layer: String) -> String { layerFacts + "/" + layer + ".json" }
  func blob(_ digest: Digest) -> String { blobs + "/" + digest.hex }

  func partial(_ digest: Digest) -> String { partials + "/" + digest.hex }

  /// The content of a small blob, if it is here.
  func blobBytes(_ digest: Digest) -> [UInt8]? { try? readFile(blob(digest), limit: SavedImage.configurationLimit) }

  /// Gives packed content that is whole, verified and on disk its name.
  func keep(_ partial: String, as digest: Digest) throws {
    if rename(partial, blob(digest)) < 0 { throw KernelError.last("rename(2)", [partial, blob(digest)]) }
  }

  /// Removes blobs that nothing refers to, and what was begun too long ago to be gone on with.
  func removeStrayBlobs(keeping: Set<Digest>) {
    for entry in (try? Descriptor.open(blobs, O_RDONLY | O_DIRECTORY).entries()) ?? [] {
      guard Digest(hex: entry.text).map({ !keeping.contains($0) }) ?? true else { continue }
      unlink(blobs + "/" + entry.text)
    }
    let now = WallClock.nanoseconds() / 1_000_000_000
    for entry in (try? Descriptor.open(partials, O_RDONLY | O_DIRECTORY).entries()) ?? [] {
      let path = partials + "/" + entry.text
      guard let modified = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW).status().modified else { continue }
      if now - modified.seconds > Self.partialLife { unlink(path) }
    }
  }

  /// Seconds that an unfinished layer waits to be gone on with: a week.
  private static let partialLife = 7 * 86_400

  /// A new directory under `temp`.
  func makeTemporary() throws -> String {
    let path = temporary + "/" + String(UInt64.random(in: 0 ... .max), radix: 36)
    if mkdir(path, 0o700) < 0 { throw KernelError.last("mkdir(2)", [path]) }
    return path
  }

  /// Gives a finished tree its name. The file system must have been synchronised. One that is there already is as good: the new one is removed.
  func publish(_ tree: String, as layer: Layer) throws {
    try writeFacts(layer)
    let target = layers + "/" + layer.name
    if rename(tree, target) < 0 {
      guard errno == EEXIST || errno == ENOTEMPTY else { throw KernelError.last("rename(2)", [tree, target]) }
      try removeTree(FilePath(tree))
    }
    try Descriptor.open(layers, O_RDONLY | O_DIRECTORY).synchronize()
  }

  func writeFacts(_ layer: Layer) throws {
    try atomicWrite(FilePath(facts(layer.name)), Array(try JSON.encode(layer)), mode: 0o600)
  }

  /// Moves a layer out of sight, where the next opening would remove it too; returns where it is now.
  func hideLayer(_ layer: Layer) throws -> String {
    let doomed = temporary + "/removed-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    if rename(layers + "/" + layer.name, doomed) < 0, errno != ENOENT { throw KernelError.last("rename(2)", [layer.name]) }
    if unlink(facts(layer.name)) < 0, errno != ENOENT { throw KernelError.last("unlink(2)", [facts(layer.name)]) }
    return doomed
  }

  /// The layers that are complete. Names without facts, and facts without a tree, are leftovers of a crash and go.
  func knownLayers() throws -> [Digest: Layer] {
    var known: [Digest: Layer] = [:]
    var names: Set<String> = []
    for entry in try Descriptor.open(layerFacts, O_RDONLY | O_DIRECTORY).entries() {
      let path = layerFacts + "/" + entry.text
      if let layer = try? JSON.decode(Layer.self, from: readFile(path, limit: 65536)), entry.text == layer.name + ".json",
        isDirectory(layers + "/" + layer.name)
      {
        known[layer.diffID] = layer
        names.insert(layer.name)
      } else {
        unlink(path)
      }
    }
    for entry in try Descriptor.open(layers, O_RDONLY | O_DIRECTORY).entries() where !names.contains(entry.text) {
      try removeTree(FilePath(layers + "/" + entry.text))
    }
    return known
  }

  private func isDirectory(_ path: String) -> Bool {
    var raw = stat()
    return lstat(path, &raw) == 0 && raw.st_mode & UInt32(S_IFMT) == UInt32(S_IFDIR)
  }
}
