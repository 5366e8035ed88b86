import Glibc
import ImageBuilder
import ImageStore
import LinuxKit
import OCI
import StackModel
import Synchronization
import SystemPackage

/// A store with a base image, a build context, and a sandbox that notes what it is asked to run.
final class BuildFixture: Sendable {
  let path: String
  let store: ImageStore
  let sandbox = FakeSandbox()
  let output = Mutex<[String]>([])
  var context: String { path + "/context" }

  init() throws {
    path = "/var/tmp/muster-build-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    for directory in [path, path + "/context", path + "/outside"] { try check(mkdir(directory, 0o755)) }
    store = try ImageStore(directory: path + "/images")
    try write("outside/secret", "untouched")
  }

  deinit { try? removeTree(FilePath(path)) }

  func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
    let parts = name.split(separator: "/").dropLast()
    for end in parts.indices { mkdir(path + "/" + parts[...end].joined(separator: "/"), 0o755) }
    let file = try Descriptor.open(path + "/" + name, O_CREAT | O_TRUNC | O_WRONLY, mode: mode)
    try file.writeAll(text)
    try file.setPermissions(mode)
  }

  /// `base:1`: `/etc/passwd`, `/etc/group`, `/bin/sh`, a link `/link` to `/real`.
  func makeBase(_ change: (inout ImageConfig.Execution) -> Void = { _ in }) async throws {
    let workspace = try store.makeWorkspace()
    try check(mkdir(workspace.path + "/upper", 0o755))
    let root = try RootedDirectory(path: workspace.path + "/upper")
    try root.makeDirectories("etc")
    try root.createFile("etc/passwd").writeAll("root:x:0:0::/:/bin/sh\nwww-data:x:33:34::/:/bin/sh\n")
    try root.createFile("etc/group").writeAll("root:x:0:\nstaff:x:50:\n")
    try root.makeDirectories("real", mode: 0o711)
    try root.makeSymlink("link", pointsTo: "/real")
    let layer = try await store.commitLayer(from: workspace.path + "/upper")
    var execution = ImageConfig.Execution()
    execution.cmd = ["bash"]
    change(&execution)
    let config = ImageConfig(
      created: "2026-01-01T00:00:00Z", architecture: Platform.current.architecture, config: execution,
      rootfs: .init(diffIDs: [layer.diffID]),
      history: [.init(created: "2026-01-01T00:00:00Z", createdBy: "import")])
    _ = try await store.add(config: config, references: [try ImageReference("base:1")])
    await store.unpin([layer.diffID])
    try await store.discard(workspace)
  }

  @discardableResult
  func build(_ dockerfile: String, name: String = "out", change: (inout BuildSpec) -> Void = { _ in }) async throws -> Image {
    output.withLock { $0 = [] }
    var spec = BuildSpec(context: context, inlineDockerfile: dockerfile)
    change(&spec)
    return try await ImageBuilder(store: store, sandbox: sandbox).build(
      spec, references: [try ImageReference(name)],
      onOutput: { line in self.output.withLock { $0.append(line) } })
  }

  /// The progress of the last build, without numbers and times.
  var lines: [String] {
    output.withLock { $0 }.map { line in
      let rest = line.hasPrefix("#") ? line.drop { $0 != " " }.dropFirst() : line[...]
      return rest.hasPrefix("DONE") ? "DONE" : String(rest)
    }
  }

  func view(_ image: Image) throws -> RootedDirectory {
    RootedDirectory(try overlayView(lower: image.layers + [store.emptyLayer], upper: nil, work: nil, directory: store.layersDirectory))
  }

  func names(_ directory: String) throws -> [String] {
    try Descriptor.open(path + "/" + directory, O_RDONLY | O_DIRECTORY).entries().map(\.text).sorted()
  }
}

/// Stands for the container runtime: every command writes its text to `/ran`, in a real overlay.
final class FakeSandbox: BuildSandbox {
  let commands = Mutex<[BuildCommand]>([])
  let action = Mutex<(@Sendable (BuildCommand, borrowing RootedDirectory) throws -> Int32)?>(nil)

  func fetch(_ reference: ImageReference) async throws { throw RegistryError(.notFound, "no registry has it") }

  func run(_ command: BuildCommand, output: @escaping @Sendable ([UInt8]) -> Void) async throws -> Int32 {
    commands.withLock { $0.append(command) }
    let action = action.withLock { $0 }
    output(Array("running\nhalf a ".utf8))
    output(Array("line".utf8))
    return try await onThread { _ in
      let root = RootedDirectory(
        try overlayView(lower: command.lower, upper: command.upper, work: command.work, directory: command.directory))
      if let action { return try action(command, root) }
      try root.removeAll("ran")
      try root.createFile("ran").writeAll(command.arguments.joined(separator: " ") + "\n")
      return 0
    }
  }

  var ran: [String] { commands.withLock { $0.map { $0.arguments.last ?? "" } } }
  func forget() { commands.withLock { $0 = [] } }
}

func check(_ result: Int32, _ call: String = #function) throws {
  if result < 0 { throw KernelError.last(call) }
}
