import Glibc
import ImageStore
import LinuxKit
import OCI
import StackModel

/// Makes what `RUN --mount` mounts, and takes away what mounting left in the layer.
struct MountPreparation: Sendable {
  let overlay: Overlay
  /// Where caches are kept.
  let cache: String
  /// The name of what a bind takes, in a directory of its own.
  static let content = "content"

  /// Runs `body` with the mounts in the command.
  func with(
    _ mounts: [RunMount], script: RunScript? = nil,
    secrets: @Sendable (String) async throws -> (content: [UInt8], grant: FileGrant)?, agents: [String: String] = [:],
    in command: inout BuildCommand,
    _ body: @escaping @Sendable (BuildCommand) async throws -> Int32
  ) async throws -> Int32 {
    if mounts.isEmpty, script == nil { return try await body(command) }
    if let script { try add(script, to: &command) }
    var relays: [AgentRelay] = []
    defer { for relay in relays { relay.stop() } }
    for (index, mount) in mounts.enumerated() { try await add(mount, index, secrets, agents, &relays, to: &command) }
    // Secrets lie in a file system of their own there, whatever their targets.
    let hasSecrets = command.mounts.contains { if case .secret = $0.source { true } else { false } }
    let places = MountPlaces(command.mounts.map(\.target) + (hasSecrets ? ["/run/secrets"] : []))
    try places.note(in: try overlay.view())
    let ready = command
    let locks = mounts.compactMap(\.lock).sorted()
    let code = try await CacheLocks.shared.holding(locks) { try await body(ready) }
    try places.clear(overlay.upperPath)
    return code
  }

  private func add(_ script: RunScript, to command: inout BuildCommand) throws {
    let file = try Descriptor.open(overlay.workspacePath + "/script", O_CREAT | O_EXCL | O_WRONLY, mode: 0o755)
    try file.writeAll(script.content)
    try file.setPermissions(0o755)
    command.mounts.append(BuildMount(target: script.path, source: .path(overlay.workspacePath + "/script", isReadOnly: true)))
  }

  private func add(
    _ mount: RunMount, _ index: Int, _ secrets: @Sendable (String) async throws -> (content: [UInt8], grant: FileGrant)?,
    _ agents: [String: String], _ relays: inout [AgentRelay], to command: inout BuildCommand
  ) async throws {
    switch mount.kind {
    case .ssh(let id, let isRequired, let uid, let gid, let mode):
      guard let target = mount.target, let agent = try agent(id, isRequired, agents, mount.flag) else { return }
      let place = overlay.workspacePath + "/agent\(index)"
      do {
        relays.append(try AgentRelay(path: place, owner: FileOwner(uid: uid, gid: gid), mode: mode, agent: agent))
      } catch let error as BuildError { throw DockerfileError(mount.flag.range, "RUN --mount: " + error.message, hint: error.hint) }
      command.mounts.append(BuildMount(target: target, source: .path(place, isReadOnly: true)))
      if command.environment["SSH_AUTH_SOCK"] == nil { command.environment["SSH_AUTH_SOCK"] = target }
    case .tmpfs(let size):
      if let target = mount.target { command.mounts.append(BuildMount(target: target, source: .tmpfs(size: size))) }
    case .bind(_, let isWritable):
      guard let target = mount.target, let order = mount.order, let root = mount.root else { return }
      let place = overlay.workspacePath + "/mount\(index)"
      guard mkdir(place, 0o755) == 0 else { throw KernelError.last("mkdir(2)", [place]) }
      _ = try await onThread { try Copier(into: RootedDirectory(path: place), from: root, order, $0).run() }
      command.mounts.append(BuildMount(target: target, source: .path(place + "/" + Self.content, isReadOnly: !isWritable)))
    case .cache(let id, _, let isReadOnly, let uid, let gid, let mode):
      guard let target = mount.target else { return }
      command.mounts.append(BuildMount(target: target, source: .path(try directory(id, uid, gid, mode), isReadOnly: isReadOnly)))
    case .secret(let id, let isRequired, let variable, let uid, let gid, let mode):
      guard let (content, grant) = try await secrets(id) else {
        if !isRequired { return }
        throw DockerfileError(
          mount.flag.range, "RUN --mount: the secret \(id) is required and not given", hint: "grant it with build.secrets in the stack file"
        )
      }
      if let variable { command.environment[variable] = String(decoding: content, as: UTF8.self) }
      guard let target = mount.target else { return }
      command.mounts.append(
        BuildMount(
          target: target,
          source: .secret(
            content, uid: uid ?? grant.uid.flatMap { UInt32($0) } ?? 0, gid: gid ?? grant.gid.flatMap { UInt32($0) } ?? 0,
            mode: mode ?? grant.mode ?? 0o400)))
    }
  }

  /// The socket of the agent that a mount asks for; nil: none is given, and none is required.
  private func agent(_ id: String, _ isRequired: Bool, _ agents: [String: String], _ flag: Instruction.Flag) throws -> String? {
    guard let agent = agents[id] else {
      if !isRequired { return nil }
      throw DockerfileError(
        flag.range, "RUN --mount: the SSH agent \(id) is required and not given", hint: "give it with build.ssh in the stack file, or --ssh"
      )
    }
    guard !agent.isEmpty else {
      throw DockerfileError(
        flag.range, "RUN --mount: there is no SSH agent: SSH_AUTH_SOCK is not set", hint: "start one: eval $(ssh-agent); ssh-add")
    }
    return agent
  }

  /// A cache's directory; a new one gets the owner and mode that are asked for, one that is there stays as it is.
  private func directory(_ id: String, _ uid: UInt32, _ gid: UInt32, _ mode: UInt32) throws -> String {
    try makeDirectories(cache, mode: 0o700)
    var key = CacheKey("cache-mount", below: [])
    key.fields([id, "\(uid)", "\(gid)", "\(mode)"])
    let path = cache + "/" + key.digest.hex
    guard mkdir(path, 0o700) == 0 else {
      if errno == EEXIST { return path }
      throw KernelError.last("mkdir(2)", [path])
    }
    let made = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    try made.setOwner(FileOwner(uid: uid, gid: gid))
    try made.setPermissions(mode)
    return path
  }
}

extension RunMount {
  /// What only one command may have at a time.
  var lock: String? {
    if case .cache(let id, let sharing, _, _, _, _) = kind, sharing != .shared { id } else { nil }
  }
}
