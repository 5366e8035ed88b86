import CLinux
import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup

extension BundleInterpreter {
  /// The mount with the longest name that leads to `path`, in this process's own namespace.
  func makeParentPrivate(_ path: String) throws {
    var resolved = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard realpath(path, &resolved) != nil else {
      throw SetupProblem(errno: errno, "root.path \(path): \(KernelError.reason(errno).lowercased())")
    }
    let place = String(decoding: resolved.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let table = ProcessTable.text("/proc/thread-self/mountinfo") ?? ""
    var parent = "/"
    for point in table.split(separator: "\n").compactMap({ MountLine($0)?.target }) {
      if point.utf8.count > parent.utf8.count, place == point || place.hasPrefix(point + "/") { parent = point }
    }
    try kernel("mount(2) private", [parent]) { clinux_mount(nil, parent, nil, UInt(CLINUX_MS_PRIVATE), nil) }
  }

  mutating func mountTmpfs(_ target: String, _ options: [MountOption], _ attributes: MountAttributes, _ copiesUp: Bool) throws {
    let place = try inner.rooted().makeDirectories(target)
    let beneath = try place.status()
    var options = options
    if !options.contains(where: { $0.key == "mode" }) { options.append(MountOption("mode", String(beneath.permissions, radix: 8))) }
    let made = try inner.newFileSystem("tmpfs", options, copiesUp ? attributes.subtracting(.readOnly) : attributes)
    if copiesUp {
      let from = try inner.rooted().open(target, O_RDONLY | O_DIRECTORY)
      let to = try made.open(at: ".", O_RDONLY | O_DIRECTORY)
      try copyTree(from: from, to: to)
      try inner.setAttributes(of: made, attributes, isRecursive: false)
    }
    try inner.move(made, onto: place)
  }

  mutating func makeDevice(
    _ target: String, _ kind: NodeKind, _ major: UInt32, _ minor: UInt32, _ mode: UInt32, _ owner: FileOwner, _ slot: Int?
  ) throws {
    let root = try inner.rooted()
    if let slot {
      let place = try root.makeFile(target)
      return try inner.move(try inner.slot(slot).descriptor, onto: place)
    }
    if let slash = target.utf8.lastIndex(of: UInt8(ascii: "/")), slash != target.startIndex {
      try root.makeDirectories(String(target[..<slash]))
    }
    if access(root, target) { return try check(root, target, kind, major, minor) }
    try root.makeNode(target, type: kind.type, mode: mode, major: major, minor: minor, owner: owner)
  }

  private func access(_ root: borrowing RootedDirectory, _ path: String) -> Bool { (try? root.contains(path)) ?? false }

  private func check(_ root: borrowing RootedDirectory, _ target: String, _ kind: NodeKind, _ major: UInt32, _ minor: UInt32) throws {
    let status = try root.status(target)
    let wanted: FileStatus.Kind = kind == .character ? .character : kind == .block ? .block : .fifo
    guard status.kind == wanted, kind == .fifo || (status.major == major && status.minor == minor) else {
      throw SetupProblem(errno: EEXIST, "linux.devices: \(target) is there already and is something else")
    }
  }

  mutating func makeLink(_ target: String, _ pointsTo: String, _ replaces: Bool) throws {
    let root = try inner.rooted()
    try root.makeDirectories("/dev")
    if access(root, target) {
      if !replaces { return }
      try root.remove(target)
    }
    try root.makeSymlink(target, pointsTo: pointsTo)
  }
}
