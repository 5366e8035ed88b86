public import LinuxKit
import OCI

private let namespaceKinds: [String: Namespaces] = [
  "pid": .pid, "network": .network, "mount": .mount, "ipc": .ipc, "uts": .uts, "user": .user, "cgroup": .cgroup,
]

/// The kind of a namespace by its name in the specification.
public func namespaceKind(_ type: String) -> Namespaces? { namespaceKinds[type] }

/// What is made and what is joined.
func bundleNamespaces(_ spec: RuntimeSpec) throws(SetupError) -> (made: Namespaces, joins: [RuntimeSpec.Namespace]) {
  var made: Namespaces = []
  var joins: [RuntimeSpec.Namespace] = []
  var seen: Set<String> = []
  for entry in spec.linux.namespaces {
    guard let kind = namespaceKinds[entry.type] else { throw SetupError("linux.namespaces: the type \(entry.type) is not supported") }
    guard seen.insert(entry.type).inserted else { throw SetupError("linux.namespaces: \(entry.type) is there twice") }
    if let path = entry.path, !path.isEmpty {
      guard path.hasPrefix("/") else { throw SetupError("linux.namespaces: \(entry.type): the path \(path) is not absolute") }
      joins.append(entry)
    } else if kind != .cgroup {
      made.insert(kind)
    }
  }
  return (made, joins)
}

/// Throws what cannot be right together, or is not the container's to change.
func checkBundle(_ spec: RuntimeSpec, made: Namespaces, joins: [RuntimeSpec.Namespace]) throws(SetupError) {
  func has(_ kind: Namespaces, _ type: String) -> Bool { made.contains(kind) || joins.contains { $0.type == type } }
  guard spec.ociVersion.hasPrefix("1.") else { throw SetupError("ociVersion: \(spec.ociVersion) is not supported", hint: "1.x is") }
  if spec.root.path.isEmpty { throw SetupError("root.path: is empty") }
  if spec.hostname != nil, !has(.uts, "uts") { throw SetupError("hostname: needs a uts namespace") }
  if spec.domainname != nil, !has(.uts, "uts") { throw SetupError("domainname: needs a uts namespace") }
  let mappings = (spec.linux.uidMappings ?? []) + (spec.linux.gidMappings ?? [])
  if made.contains(.user), spec.linux.uidMappings?.isEmpty != false || spec.linux.gidMappings?.isEmpty != false {
    throw SetupError("linux.uidMappings, linux.gidMappings: a new user namespace needs both")
  }
  if !mappings.isEmpty, !has(.user, "user") { throw SetupError("linux.uidMappings: needs a user namespace") }
  for name in (spec.linux.sysctl ?? [:]).keys.sorted() {
    let dotted = name.replacing("/", with: ".")
    let isOwn: Bool
    if dotted.hasPrefix("net.") {
      isOwn = has(.network, "network")
    } else if dotted.hasPrefix("fs.mqueue.") || ipcParameters.contains(dotted) {
      isOwn = has(.ipc, "ipc")
    } else {
      isOwn = ["kernel.hostname", "kernel.domainname"].contains(dotted) && has(.uts, "uts")
    }
    if !isOwn { throw SetupError("linux.sysctl: \(name) is not in a namespace of the container's own") }
  }
  for (name, hooks) in [
    ("prestart", spec.hooks?.prestart), ("createRuntime", spec.hooks?.createRuntime), ("createContainer", spec.hooks?.createContainer),
    ("startContainer", spec.hooks?.startContainer), ("poststart", spec.hooks?.poststart), ("poststop", spec.hooks?.poststop),
  ] {
    for hook in hooks ?? [] {
      guard hook.path.hasPrefix("/") else { throw SetupError("hooks.\(name): the path \"\(hook.path)\" is not absolute") }
      if let timeout = hook.timeout, timeout <= 0 { throw SetupError("hooks.\(name): \(hook.path): a timeout must be above zero") }
    }
  }
  try checkProcess(spec.process)
}

/// Throws what is wrong with a process.
func checkProcess(_ process: RuntimeSpec.Process) throws(SetupError) {
  if process.args.isEmpty { throw SetupError("process.args: is empty") }
  guard process.cwd.hasPrefix("/") else { throw SetupError("process.cwd: \"\(process.cwd)\" is not absolute") }
  for text in process.args + process.env where text.utf8.contains(0) { throw SetupError("process: an argument or variable has a NUL") }
  var limits: Set<String> = []
  for limit in process.rlimits ?? [] {
    guard limits.insert(limit.type).inserted else { throw SetupError("process.rlimits: \(limit.type) is there twice") }
    if limit.soft > limit.hard { throw SetupError("process.rlimits: \(limit.type): the soft limit is above the hard one") }
  }
}
