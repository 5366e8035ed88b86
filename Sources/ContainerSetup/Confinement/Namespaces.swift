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

/// Whether the container's processes run under the default filter.
func usesSeccomp(_ options: ContainerOptions) -> Bool { !options.isPrivileged && options.seccomp == .standard }

/// What clone3 makes.
func newNamespaces(_ options: ContainerOptions) -> Namespaces {
  var namespaces: Namespaces = [.mount]
  if ownsNetwork(options) { namespaces.insert(.network) }
  if !options.usesHostPID { namespaces.insert(.pid) }
  if !options.usesHostIPC { namespaces.insert(.ipc) }
  if !options.usesHostUTS { namespaces.insert(.uts) }
  return namespaces
}

/// The same in the words of the runtime specification, and the cgroup namespace, which every container has.
func namespaceEntries(_ options: ContainerOptions) -> [RuntimeSpec.Namespace] {
  let made = newNamespaces(options)
  var entries = [RuntimeSpec.Namespace(type: "mount")]
  if made.contains(.network) || joinsNetwork(options) { entries.append(RuntimeSpec.Namespace(type: "network")) }
  if made.contains(.uts) { entries.append(RuntimeSpec.Namespace(type: "uts")) }
  if made.contains(.pid) { entries.append(RuntimeSpec.Namespace(type: "pid")) }
  if made.contains(.ipc) { entries.append(RuntimeSpec.Namespace(type: "ipc")) }
  entries.append(RuntimeSpec.Namespace(type: "cgroup"))
  return entries
}
