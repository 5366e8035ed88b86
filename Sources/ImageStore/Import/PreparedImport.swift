import Glibc
import LinuxKit
import OCI
import SystemPackage

/// An import as far as it goes without the store: layers unpacked, verified and on disk in the workspace.
struct PreparedImport: Sendable {
  var form: ArchiveForm
  /// For a root file system.
  var rootLayer: Layer?
  var images: [SavedImage] = []
  /// New layers and where they are.
  var trees: [(tree: String, layer: Layer)] = []
  var notes: [String] = []
  /// The packed content of the new layers, by digest, and where it is.
  var archives: [Digest: String] = [:]
  private var dropped: Set<String> = []

  /// Blocks. `known`: layers that need no unpacking. `isSaved`: a root file system is refused. A file in the workspace is used up.
  init(
    path: String, workspace: String, known: Set<Digest>, limits: UnpackLimits, isSaved: Bool = false, _ cancellation: Cancellation
  ) throws {
    let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    switch try file.status().kind {
    case .directory:
      let tree = RootedDirectory(file)
      guard try tree.contains("index.json") || tree.contains("manifest.json") else {
        throw ImageStoreError.invalid("\(path) is a directory but no OCI layout: it has no index.json")
      }
      form = try tree.contains("index.json") ? .ociLayout : .dockerArchive
      try readSaved(tree, isOurs: false, workspace, known, limits, cancellation)
    case .regular:
      form = try ArchiveForm.detect(
        ArchiveReader(DecompressedFile(file, limits: limits, cancellation: cancellation, isHashed: false)), isSaved: isSaved)
      let isOurs = path.hasPrefix(workspace + "/")
      if form == .rootFilesystem, isSaved {
        throw ImageStoreError.invalid("this is no saved image: it has neither manifest.json nor index.json")
      } else if form == .rootFilesystem {
        rootLayer = try unpackLayer(file, isOurs: isOurs, workspace, limits, cancellation)
      } else {
        let place = workspace + "/saved"
        if mkdir(place, 0o700) < 0 { throw KernelError.last("mkdir(2)", [place]) }
        let unpacker = TreeUnpacker(into: try RootedDirectory(path: place), whiteouts: .refused, limits: limits)
        try unpacker.unpack(ArchiveReader(DecompressedFile(file, limits: limits, cancellation: cancellation, isHashed: false)))
        try readSaved(RootedDirectory(path: place), isOurs: true, workspace, known, limits, cancellation)
        try removeTree(FilePath(place))
      }
      // What is gone before the rest is brought to the disk need not go there.
      if isOurs { unlink(path) }
    default: throw ImageStoreError.invalid("\(path) is neither a file nor a directory")
    }
    if !trees.isEmpty { try Descriptor.open(workspace, O_RDONLY | O_DIRECTORY).synchronizeFileSystem() }
    if !dropped.isEmpty { notes.append("extended attributes left out: " + dropped.sorted().joined(separator: ", ")) }
  }

  private mutating func readSaved(
    _ tree: borrowing RootedDirectory, isOurs: Bool, _ workspace: String, _ known: Set<Digest>, _ limits: UnpackLimits,
    _ cancellation: Cancellation
  ) throws {
    images = form == .dockerArchive ? try DockerArchive.images(in: tree) : try OCILayout.images(in: tree)
    var done = known
    for image in images {
      for (name, diffID) in zip(image.layers, image.config.rootfs.diffIDs) where done.insert(diffID).inserted {
        let file = try open(name, in: tree)
        guard try file.status().kind == .regular else { throw ImageStoreError.invalid("the saved image's layer \(name) is no file") }
        let layer = try unpackLayer(file, isOurs: isOurs, workspace, limits, cancellation)
        guard layer.diffID == diffID else {
          throw ImageStoreError.invalid("the saved image's layer \(name) has the digest \(layer.diffID), not \(diffID)")
        }
      }
    }
  }

  private func open(_ name: String, in tree: borrowing RootedDirectory) throws -> Descriptor {
    do { return try tree.open(name, O_RDONLY | O_NONBLOCK) } catch {
      throw ImageStoreError.invalid("the saved image's layer \"\(name.prefix(300))\" cannot be read: \(error.reason)")
    }
  }

  private mutating func unpackLayer(
    _ file: borrowing Descriptor, isOurs: Bool, _ workspace: String, _ limits: UnpackLimits, _ cancellation: Cancellation
  ) throws -> Layer {
    let place = workspace + "/layer" + String(trees.count)
    let unpacked = try UnpackedTree(
      DecompressedFile(file, limits: limits, cancellation: cancellation), into: place, limits: limits)
    dropped.formUnion(unpacked.droppedAttributes)
    notes += unpacked.notes
    var layer = unpacked.layer
    // It is kept as it is, since no tree gives these bytes again: a push or save needs them.
    let kept = try KeptArchive(
      of: file, at: workspace + "/archive" + String(trees.count), diffID: layer.diffID, isOurs: isOurs, cancellation)
    layer.blob = kept.descriptor
    archives[kept.descriptor.digest] = kept.path
    trees.append((place, layer))
    return layer
  }
}
