import Cgroups
import Glibc
import LinuxKit
import OCI
import SystemPackage

/// A container that this runtime has made: its directory `ROOT/ID`.
struct Container {
  let root: String
  var file: StateFile

  var directory: String { root + "/" + file.id }
  /// Where the first process waits for `start`; it is there as long as it waits.
  var startSocket: String { directory + "/start.sock" }

  /// A new one, whose directory is made here. An id that is taken is an error.
  static func make(root: String, file: StateFile, configuration: [UInt8]) throws -> Container {
    try check(file.id)
    try makeDirectories(root)
    let container = Container(root: root, file: file)
    if mkdir(container.directory, 0o711) != 0 {
      if errno == EEXIST { throw Failure("container with id exists: \(file.id)") }
      throw KernelError.last("mkdir(2)", [container.directory])
    }
    try atomicWrite(FilePath(container.directory + "/config.json"), configuration, mode: 0o600)
    try container.save()
    return container
  }

  static func find(root: String, id: String) throws -> Container {
    try check(id)
    let path = "\(root)/\(id)/state.json"
    if access(path, F_OK) != 0, errno == ENOENT { throw Failure("container \(id) does not exist: container does not exist") }
    let bytes = try Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 20)
    return Container(root: root, file: try JSON.read(bytes, as: StateFile.self, name: path))
  }

  static func all(root: String) throws -> [Container] {
    guard access(root, F_OK) == 0 else { return [] }
    let names = try Descriptor.open(root, O_RDONLY | O_DIRECTORY).entries().map(\.text)
    return names.sorted().compactMap { try? find(root: root, id: $0) }
  }

  func save() throws {
    try atomicWrite(FilePath(directory + "/state.json"), Array(JSON.line(file).utf8), mode: 0o600)
  }

  /// Only one command at a time changes a container.
  func lock() throws -> FileLock { try FileLock(directory + "/lock", waits: true) }

  func configuration() throws -> RuntimeSpec { try Configuration.read(directory + "/config.json").spec }

  func cgroup() throws -> PlacedCgroup { try PlacedCgroup(path: file.cgroup) }

  /// Whether the first process lives.
  var isAlive: Bool {
    guard file.pid > 0, let (time, state) = ProcessTable.start(of: file.pid) else { return false }
    return time == file.startTime && state != "Z" && state != "X"
  }

  func status() -> ContainerState.Status {
    if file.pid == 0 { return .creating }
    if !isAlive { return .stopped }
    if access(startSocket, F_OK) == 0 { return .created }
    return (try? cgroup())?.isFrozen == true ? .paused : .running
  }

  func state(_ status: ContainerState.Status? = nil) -> ContainerState { ContainerState(file, status ?? self.status()) }

  func removeDirectory() throws { try removeTree(FilePath(directory)) }

  /// As runc: what can be a name of a file and nothing else.
  private static func check(_ id: String) throws {
    let isName = id.utf8.allSatisfy { byte in
      let scalar = Unicode.Scalar(byte)
      return scalar.properties.isAlphabetic && byte < 128 || (0x30...0x39).contains(byte) || "_+-.".utf8.contains(byte)
    }
    if id.isEmpty || id.utf8.count > 1024 || !isName || id == "." || id == ".." { throw Failure("invalid container ID format: \(id)") }
  }

  private static func makeDirectories(_ path: String) throws {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o711) != 0, errno != EEXIST { throw KernelError.last("mkdir(2)", [made]) }
    }
  }
}
