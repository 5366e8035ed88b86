import StackModel

/// The kernel's IPC parameters, each IPC namespace having its own (moby `opts.ValidateSysctl`).
let ipcParameters: Set<String> = [
  "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni",
  "kernel.shm_rmid_forced",
]

/// `sysctls` over Docker's defaults. Only parameters that belong to a namespace of the container's are allowed: any other is the whole host's.
func chosenSysctls(_ options: ContainerOptions) throws(SetupError) -> [String: String] {
  var chosen: [String: String] = [:]
  if ownsNetwork(options) {
    chosen["net.ipv4.ip_unprivileged_port_start"] = "0"
    // Groups that the user namespace does not have are no groups there.
    let last = options.users?.mapping?.groups.first { $0.inside == 0 }.map { $0.count - 1 }
    chosen["net.ipv4.ping_group_range"] = "0 \(last ?? 2_147_483_647)"
  }
  for (name, value) in options.sysctls.sorted(by: { $0.key < $1.key }) {
    try check(name, options)
    try checkNoNUL([value], key: "sysctls: " + name)
    chosen[name] = value
  }
  return chosen
}

private func check(_ name: String, _ options: ContainerOptions) throws(SetupError) {
  let isName = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
    !part.isEmpty && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
  }
  guard isName else { throw SetupError("sysctls: \"\(name)\" is not a parameter's name", hint: "names look like net.core.somaxconn") }
  if name.hasPrefix("net.") {
    if options.network == .host {
      throw SetupError(
        "sysctls: \(name) is the host's own with network_mode: host", hint: "set it on the host, or give the service a network")
    }
  } else if ipcParameters.contains(name) || name.hasPrefix("fs.mqueue.") {
    if options.usesHostIPC {
      throw SetupError("sysctls: \(name) is the host's own with ipc: host", hint: "set it on the host, or leave out ipc: host")
    }
    if ipcOwner(options) != nil {
      throw SetupError("sysctls: \(name) is another container's with this ipc", hint: "set it for the container whose ipc is joined")
    }
  } else {
    throw SetupError(
      "sysctls: \(name) is one for the whole host", hint: "a container can set net.*, fs.mqueue.* and kernel.msg*, kernel.sem, kernel.shm*")
  }
}
