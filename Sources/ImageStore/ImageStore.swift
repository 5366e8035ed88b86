import Glibc
import LinuxKit
public import OCI
import SystemPackage

/// The images of this machine: configurations by digest, unpacked layers shared by all, and names.
///
/// What is listed here is complete and on disk. One process at a time may have a store open.
public actor ImageStore {
  let directories: StoreDirectories
  let limits: UnpackLimits
  var images: [Digest: StoredImage] = [:]
  var names: [ImageReference: Digest] = [:]
  var layers: [Digest: Layer]
  /// Layers that something unfinished stands on, with how often.
  var pins: [Digest: Int] = [:]
  /// What was found damaged when the store was opened, in words.
  public nonisolated let problems: [String]

  /// Layers that are just being pulled.
  let blobTurns = BlobTurns()

  struct StoredImage {
    var config: ImageConfig
    /// Tags, and digests of repositories.
    var references: Set<ImageReference>
    /// The manifest that it came with.
    var manifest: Digest?
    /// When a name was last looked for in its registry, in seconds since 1970.
    var pulled: [ImageReference: Int64] = [:]
  }

  /// Opens the store in `directory`, which is made when missing. Damaged images are left out and told in ``problems``.
  public init(directory: String, limits: UnpackLimits = UnpackLimits()) throws {
    directories = StoreDirectories(root: directory)
    self.limits = limits
    try directories.open()
    let layers = try directories.knownLayers()
    self.layers = layers
    var problems: [String] = []
    let index = directories.readIndex(problems: &problems)
    for (text, references) in index.images {
      guard let id = Digest(text), let config = directories.readConfig(id) else {
        problems.append("image \(text.prefix(80)): its configuration is missing or damaged")
        continue
      }
      if let missing = config.rootfs.diffIDs.first(where: { layers[$0] == nil }) {
        problems.append("image \(id.short): its layer \(missing.short) is missing")
        continue
      }
      images[id] = StoredImage(
        config: config, references: Set(references), manifest: index.manifests?[text], pulled: index.pulled?[text] ?? [:])
      for reference in references { names[reference] = id }
    }
    self.problems = problems
    directories.removeStrayBlobs(
      keeping: Set(images.keys).union(images.values.compactMap(\.manifest)).union(layers.values.compactMap(\.blob?.digest)))
  }

  /// The directory of the unpacked layers: ``Image/layers`` are names in it.
  public nonisolated var layersDirectory: String { directories.layers }

  /// A lower layer with nothing in it, relative to ``layersDirectory``: overlays without upper need two.
  public nonisolated var emptyLayer: String { "../empty" }

  /// The lowest layer of a container, relative to ``layersDirectory``: the places of what is mounted in every one, so that an upper layer need
  /// not get them first. What an image says of the same names counts.
  public nonisolated var baseLayer: String { "../base" }

  /// A directory for the builder's records.
  public nonisolated var cacheDirectory: String { directories.cache }

  /// All images, those named first, by name.
  public func list() -> [Image] {
    images.keys.compactMap { image($0) }.sorted {
      ($0.references.first ?? "\u{10FFFF}", $0.id) < ($1.references.first ?? "\u{10FFFF}", $1.id)
    }
  }

  /// The image of a name (`debian`, `debian:bookworm`), an id or the unique beginning of an id; nil when there is none.
  public func resolve(_ reference: String) -> Image? {
    (try? lookUp(reference)).flatMap { image($0.id) }
  }

  /// The image of a name.
  public func resolve(_ reference: ImageReference) -> Image? {
    names[reference.orLatest.withoutTagIfPinned].flatMap { image($0) }
  }

  /// What a text names: an image by one of its names, or by its id.
  func lookUp(_ text: String) throws(ImageStoreError) -> (id: Digest, reference: ImageReference?) {
    if let reference = try? ImageReference(text).orLatest.withoutTagIfPinned, let id = names[reference] { return (id, reference) }
    let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    guard !digits.isEmpty, digits.utf8.count <= 64, digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
      throw .notFound(text)
    }
    let found = images.keys.filter { $0.hex.hasPrefix(digits) }
    guard let id = found.first else { throw .notFound(text) }
    guard found.count == 1 else { throw .ambiguous(digits) }
    return (id, nil)
  }

  func image(_ id: Digest) -> Image? {
    guard let stored = images[id] else { return nil }
    return Image(
      id: id, config: stored.config, references: stored.references.filter { $0.digest == nil }.map(\.familiar).sorted(),
      digests: stored.references.filter { $0.digest != nil }.map(\.familiar).sorted(),
      layers: layerNames(stored.config.rootfs.diffIDs), size: stored.config.rootfs.diffIDs.reduce(0) { $0 + (layers[$1]?.size ?? 0) })
  }

  /// Directory names for an overlay, topmost first, of layers given lowest first.
  ///
  /// A layer that occurs twice counts where it is topmost (overlayfs takes none twice, and the upper one decides for every name that it has);
  /// nothing below a layer with an opaque root counts. No layers at all are ``emptyLayer``.
  func layerNames(_ diffIDs: [Digest]) -> [String] {
    var seen: Set<Digest> = []
    var found: [String] = []
    for diffID in diffIDs.reversed() {
      if seen.insert(diffID).inserted { found.append(Layer.name(diffID)) }
      if layers[diffID]?.hidesLower == true { break }
    }
    return found.isEmpty ? [emptyLayer] : found
  }

  /// Makes an image of layers that are here. Names move to it from other images. On disk when this returns.
  public func add(config: ImageConfig, references: [ImageReference]) throws -> Image {
    try add(configuration: try JSON.encode(config), references: references)
  }

  /// The same from a configuration's own bytes, so that the id is its digest.
  func add(configuration: [UInt8], references: [ImageReference], manifest: Digest? = nil, pulled: ImageReference? = nil) throws -> Image {
    let config: ImageConfig
    do { config = try JSON.decode(ImageConfig.self, from: configuration) } catch {
      throw ImageStoreError.invalid("the image's configuration cannot be read: \(error)")
    }
    guard config.rootfs.diffIDs.count <= Self.mostLayers else {
      throw ImageStoreError.invalid("the image has \(config.rootfs.diffIDs.count) layers; \(Self.mostLayers) are possible")
    }
    if let missing = config.rootfs.diffIDs.first(where: { layers[$0] == nil }) {
      throw ImageStoreError.invalid("the image's layer \(missing) is not here")
    }
    let id = ContentHash.of(configuration)
    try atomicWrite(FilePath(directories.blob(id)), configuration, mode: 0o600)
    try change { store in
      if store.images[id] == nil { store.images[id] = StoredImage(config: config, references: []) }
      if let manifest { store.images[id]?.manifest = manifest }
      for reference in references.map(\.orLatest) { store.give(reference, to: id) }
      if let pulled { store.notePull(of: pulled) }
    }
    guard let image = image(id) else { throw ImageStoreError.notFound(id.description) }
    return image
  }

  /// Layers that fit into an overlay's options; Docker has the same limit.
  static let mostLayers = 127

  /// Gives an image one more name, taking it from the image that had it.
  public func tag(_ source: String, as reference: ImageReference) throws {
    let id = try lookUp(source).id
    try change { $0.give(reference.orLatest, to: id) }
  }

  func give(_ reference: ImageReference, to id: Digest) {
    if let old = names[reference] { images[old]?.references.remove(reference) }
    names[reference] = id
    images[id]?.references.insert(reference)
  }

  /// Remembers that a name has just been looked for in its registry.
  func notePull(of reference: ImageReference) {
    let name = reference.withoutTagIfPinned
    if let id = names[name] { images[id]?.pulled[name] = Int64(time(nil)) }
  }

  /// When a name was last looked for in its registry, in seconds since 1970.
  public func lastPull(of reference: ImageReference) -> Int64? {
    let name = reference.orLatest.withoutTagIfPinned
    return names[name].flatMap { images[$0]?.pulled[name] }
  }

  /// Changes names and images, in memory and on disk or not at all.
  func change(_ body: (isolated ImageStore) throws -> Void) throws {
    let before = (images, names)
    do {
      try body(self)
      try directories.writeIndex(images)
    } catch {
      (images, names) = before
      throw error
    }
  }
}
