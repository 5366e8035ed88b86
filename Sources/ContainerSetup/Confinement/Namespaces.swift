import LinuxKit
import OCI
import StackModel

/// Whether the container has a network namespace of its own.
func ownsNetwork(_ options: ContainerOptions) -> Bool {
  switch options.network {
  case .bridges, .none: true
  case .host, .service, .container: false
  }
}

/// Whether it shares another container's.
func joinsNetwork(_ options: ContainerOptions) -> Bool {
  switch options.network {
  case .service, .container: true
  case .bridges, .none, .host: false
  }
}

/// Whether the container has a pid namespace of its own, and so a first process that reaps.
func ownsPID(_ options: ContainerOptions) -> Bool { !options.usesHostPID && options.pidOwner == nil }

/// Whether it has an IPC namespace of its own.
func ownsIPC(_ options: ContainerOptions) -> Bool { !options.usesHostIPC && ipcOwner(options) == nil }

/// The container whose IPC namespace it joins.
func ipcOwner(_ options: ContainerOptions) -> ContainerReference? {
  if case .of(let owner)? = options.ipc, !options.usesHostIPC { owner } else { nil }
}

/// Whether the container's processes run under a filter. A privileged one has none but what it asks for, as Docker's.
func usesSeccomp(_ options: ContainerOptions) -> Bool {
  switch options.seccomp {
  case .standard: !options.isPrivileged
  case .unconfined: false
  case .profile: true
  }
}

/// What clone3 makes.
func newNamespaces(_ options: ContainerOptions) -> Namespaces {
  var namespaces: Namespaces = [.mount]
  if ownsNetwork(options) { namespaces.insert(.network) }
  if ownsPID(options) { namespaces.insert(.pid) }
  if ownsIPC(options) { namespaces.insert(.ipc) }
  if !options.usesHostUTS { namespaces.insert(.uts) }
  return namespaces
}

/// The same in the words of the runtime specification, those that are joined and the cgroup namespace included.
func namespaceEntries(_ options: ContainerOptions) -> [RuntimeSpec.Namespace] {
  let made = newNamespaces(options)
  var entries = [RuntimeSpec.Namespace(type: "mount")]
  if made.contains(.network) || joinsNetwork(options) { entries.append(RuntimeSpec.Namespace(type: "network")) }
  if made.contains(.uts) { entries.append(RuntimeSpec.Namespace(type: "uts")) }
  if made.contains(.pid) || options.pidOwner != nil { entries.append(RuntimeSpec.Namespace(type: "pid")) }
  if made.contains(.ipc) || ipcOwner(options) != nil { entries.append(RuntimeSpec.Namespace(type: "ipc")) }
  if options.usesHostCgroup != true { entries.append(RuntimeSpec.Namespace(type: "cgroup")) }
  return entries
}
