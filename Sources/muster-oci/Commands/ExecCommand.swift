import Cgroups
import ContainerSetup
import Glibc
import LinuxKit
import OCI
import ShimProtocol

/// `exec`: a further process in a container.
func execCommand(_ call: Call) throws -> Int32 {
  try runSealed()
  let grammar = Words.Grammar(
    values: [
      "console-socket", "pid-file", "process", "user", "cwd", "env", "cap", "apparmor", "preserve-fds", "additional-gids", "process-label",
      "pidfd-socket", "cgroup",
    ],
    switches: ["detach", "tty", "no-new-privs", "ignore-paused", "no-subreaper"],
    short: ["d": "detach", "t": "tty", "u": "user", "e": "env", "p": "process", "c": "cap", "g": "additional-gids"], stopsAtWord: true)
  let words = try Words(call.words, grammar, command: "exec")
  for name in ["process-label", "pidfd-socket", "cgroup"] where words.last(name)?.isEmpty == false {
    throw Failure("exec: --\(name) is not supported")
  }
  let container = try Container.find(root: call.root, id: try words.id("exec"))
  switch container.status() {
  case .stopped: throw Failure("cannot exec in a stopped container")
  case .creating: throw Failure("cannot exec in a container that is being created")
  case .paused where !words.has("ignore-paused"): throw Failure("cannot exec in a paused container (use --ignore-paused to override)")
  default: break
  }
  let spec = try container.configuration()
  let process = try execProcess(spec, words)
  let isDetached = words.has("detach")
  let socket = words.last("console-socket").flatMap { $0.isEmpty ? nil : $0 }
  let console = Console(socket: socket, isKept: !isDetached && socket == nil)
  try console.check(process)
  let first = SharedDescriptor(try Process.open(container.file.pid))
  guard container.isAlive else { throw Failure("cannot exec in a stopped container") }
  let kinds = try namespacesToEnter(container.file.pid)
  let hasUsers = kinds.contains(.user)
  let plan = try bundleExecPlan(
    spec, process, capabilities: hasUsers ? .known : try .permitted(), hasUsers: hasUsers, hardLimit: ownHardLimit)
  for warning in plan.warnings { call.journal.warn(warning) }
  let slots = try descriptors(for: plan.slots, spec) { throw Failure("exec: there is nothing to start") }
  let signals = isDetached ? nil : SharedSignals(try SignalQueue(Attachment.passed))
  let spawn = BundleSpawn(
    plan: plan, enters: (first, kinds), cgroups: try container.cgroup().openProcs(), slots: slots,
    preserved: try preservedDescriptors(words))
  let (pid, channel) = try spawn.start()
  var conversation = Conversation(plan: plan, pid: pid, channel: channel, console: console)
  conversation.size = process.consoleSize.map { TerminalSize(rows: $0.height, columns: $0.width) }
  let master = try conversation.follow { _ in [] }
  if let file = words.last("pid-file"), !file.isEmpty { try writePID(pid, to: file) }
  guard let signals else { return 0 }
  return try Attachment(pid: pid, master: master, signals: signals).wait()
}

/// The namespaces of a process that are not this one's.
private func namespacesToEnter(_ pid: Int32) throws -> Namespaces {
  let names: [(String, Namespaces)] = [
    ("user", .user), ("mnt", .mount), ("uts", .uts), ("ipc", .ipc), ("net", .network), ("cgroup", .cgroup), ("pid", .pid),
  ]
  return try names.reduce(into: Namespaces()) { kinds, entry in
    let theirs = try Descriptor.open("/proc/\(pid)/ns/\(entry.0)", O_RDONLY).status()
    let own = try Descriptor.open("/proc/self/ns/\(entry.0)", O_RDONLY).status()
    if theirs.inode != own.inode || theirs.device != own.device { kinds.insert(entry.1) }
  }
}

/// From `--process`, or the container's own with what the flags say.
private func execProcess(_ spec: RuntimeSpec, _ words: Words) throws -> RuntimeSpec.Process {
  if let path = words.last("process") {
    let bytes = try Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 20)
    var process = try JSON.read(bytes, as: RuntimeSpec.Process.self, name: path)
    if words.has("tty") { process.terminal = true }
    return process
  }
  var process = spec.process
  process.args = Array(words.plain.dropFirst())
  if process.args.isEmpty { throw Failure("exec: the command is missing") }
  process.terminal = words.has("tty")
  process.consoleSize = nil
  if let directory = words.last("cwd"), !directory.isEmpty { process.cwd = directory }
  if let profile = words.last("apparmor"), !profile.isEmpty { process.apparmorProfile = profile }
  if words.has("no-new-privs") { process.noNewPrivileges = true }
  process.env += words.all("env")
  if let user = words.last("user"), !user.isEmpty {
    let parts = user.split(separator: ":", maxSplits: 1).map { UInt32($0) }
    guard let uid = parts.first ?? nil, parts.count < 2 || parts[1] != nil else { throw Failure("exec: --user: \(user) is not UID[:GID]") }
    process.user = RuntimeSpec.User(uid: uid, gid: parts.count > 1 ? parts[1] ?? 0 : process.user.gid, umask: process.user.umask)
  }
  let groups = try words.all("additional-gids").map { text in
    guard let gid = UInt32(text) else { throw Failure("exec: --additional-gids: \(text) is not a number") }
    return gid
  }
  if !groups.isEmpty { process.user.additionalGids = (process.user.additionalGids ?? []) + groups }
  for name in words.all("cap") {
    var sets = process.capabilities ?? RuntimeSpec.Capabilities()
    sets.bounding = (sets.bounding ?? []) + [name]
    sets.effective = (sets.effective ?? []) + [name]
    sets.permitted = (sets.permitted ?? []) + [name]
    process.capabilities = sets
  }
  return process
}
