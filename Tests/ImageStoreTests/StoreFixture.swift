import Glibc
import ImageStore
import LinuxKit
import OCI
import SystemPackage

/// A directory that is removed afterwards, with a store and a place outside it that must stay as it is.
final class StoreFixture: Sendable {
  let path: String
  var images: String { path + "/images" }
  var outside: String { path + "/outside" }

  init() throws {
    path = "/var/tmp/muster-images-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    try check(mkdir(path, 0o700))
    try check(mkdir(outside, 0o755))
    try write("outside/secret", Array("untouched".utf8))
  }

  deinit { try? removeTree(FilePath(path)) }

  func open(limits: UnpackLimits = UnpackLimits()) throws -> ImageStore { try ImageStore(directory: images, limits: limits) }

  /// Writes a file under the fixture; returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let place = path + "/" + name
    try Descriptor.open(place, O_CREAT | O_TRUNC | O_WRONLY, mode: 0o644).writeAll(bytes)
    return place
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Descriptor.open(path + "/" + name, O_RDONLY).readAll(limit: 1 << 20), as: UTF8.self)
  }

  /// Everything outside the store that a hostile archive could have changed, as text.
  func outsideState() throws -> String {
    let directory = try Descriptor.open(outside, O_RDONLY | O_DIRECTORY)
    let status = try directory.status()
    var text = "\(status.permissions) \(status.uid) \(status.modified)\n"
    for entry in try directory.entries().sorted(by: { $0.text < $1.text }) {
      let status = try directory.status(at: entry.name)
      text += "\(entry.text) \(status.kind) \(status.permissions) \(status.uid) \(status.links) \(status.size) \(status.modified)\n"
    }
    return text
  }

  /// A view of an image's root.
  func view(_ image: Image, _ store: ImageStore) throws -> RootedDirectory {
    RootedDirectory(try overlayView(lower: image.layers + [store.emptyLayer], upper: nil, work: nil, directory: store.layersDirectory))
  }

  /// What is in a directory, and in those under it: `path kind mode uid:gid size [-> target]`, sorted.
  func listing(_ directory: String) throws -> [String] {
    var lines: [String] = []
    func walk(_ path: String, _ shown: String) throws {
      let open = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
      for entry in try open.entries() {
        let status = try open.status(at: entry.name)
        lines.append(shown + entry.text + " \(status.kind) " + String(status.permissions, radix: 8) + " \(status.uid):\(status.gid)")
        if status.kind == .directory { try walk(path + "/" + entry.text, shown + entry.text + "/") }
      }
    }
    try walk(directory, "")
    return lines.sorted()
  }
}

func check(_ result: Int32, _ call: String = #function) throws {
  if result < 0 { throw KernelError.last(call) }
}
