import LinuxKit
import OCI
import StackModel

/// Everything that is mounted in a container, in order: the usual file systems first, then what was asked for, parents before children.
struct ContainerMounts {
  /// /proc, /dev, /sys and theirs.
  var standard: [RuntimeSpec.Mount]
  /// The service's, the image's volumes, the engine's files and the tmpfs of secrets.
  var own: [RuntimeSpec.Mount] = []
  /// Sources that are not a path but come as a descriptor, by destination.
  var slotSources: [String: Slot] = [:]
  /// Place → path of the host, for devices that are bound: all of them when the container has a user namespace of its own, where none can be made.
  var devices: [String: String]?
  /// The user brought a /dev that is not made for a container: nothing is made in it.
  var hasForeignDev = false

  /// Where volumes are on the host, by clean target.
  private let volumes: [String: String]

  init(_ inputs: ContainerInputs) throws(SetupError) {
    try checkMountCount(inputs.options)
    volumes = Dictionary(inputs.volumes.map { (cleanPath($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    standard = standardMounts(inputs)
    if inputs.users != nil { devices = try ChosenDevices(inputs.options, host: inputs.host).sources }
    try addUserMounts(inputs)
    try addVolumes(inputs)
    addEngineFiles(inputs)
    if !inputs.options.secrets.isEmpty || !inputs.options.configs.isEmpty { try addGrantDirectory(inputs) }
    if inputs.options.usesInit && ownsPID(inputs.options) {
      slotSources[initProgramPath] = .initProgram
      own.append(RuntimeSpec.Mount(destination: initProgramPath, type: "bind", source: "init", options: ["bind", "ro", "rprivate"]))
    }
    let taken = Set(own.map(\.destination))
    standard.removeAll { mount in taken.contains(mount.destination) || taken.contains { isBelow(mount.destination, $0) } }
    // Unless something of the service's own is there.
    if ipcOwner(inputs.options) != nil, standard.contains(where: { $0.destination == "/dev/shm" }) {
      slotSources["/dev/shm"] = .sharedMemory
    }
    hasForeignDev = own.contains { $0.destination == "/dev" && $0.type == "bind" }
    own.sort { (depth($0.destination), $0.destination) < (depth($1.destination), $1.destination) }
    for (one, next) in zip(own, own.dropFirst()) where one.destination == next.destination {
      throw SetupError("volumes: \(one.destination) is mounted on twice", hint: "every target can be used once")
    }
  }

  private mutating func addUserMounts(_ inputs: ContainerInputs) throws(SetupError) {
    for mount in inputs.options.mounts {
      let target = try containerPath(mount.target, key: "volumes")
      // All that is below it too, as far as nothing else is said: Docker's since 25.0.
      let access = mount.isReadOnly ? [mount.recursion == .writable ? "ro" : "rro"] : []
      switch mount.source {
      case .bind(let path, _, let propagation):
        try checkNoNUL([path], key: "volumes")
        if let recursion = mount.recursion, recursion == .writable || recursion == .readonly, !mount.isReadOnly {
          throw SetupError("volumes: \(target): recursive \(recursion.rawValue) and may be written to", hint: "add read_only: true")
        }
        if inputs.users != nil, inputs.mapsBinds {
          slotSources[target] = .mapped(path: path, subpath: nil, isRecursive: mount.recursion != .disabled)
        }
        own.append(
          RuntimeSpec.Mount(
            destination: target, type: "bind", source: path,
            options: [mount.recursion == .disabled ? "bind" : "rbind"] + access + [try bindPropagation(propagation, target)]))
      case .volume, .anonymousVolume:
        try addVolume(inputs, target: target, access: access, subpath: mount.subpath)
      case .image(let name):
        slotSources[target] = .image(target: mount.target)
        own.append(
          RuntimeSpec.Mount(
            destination: target, type: "bind", source: "image " + name,
            options: ["bind"] + (mount.isReadOnly ? ["ro"] : []) + ["rprivate"]))
      case .tmpfs(let size, let mode, let uid, let gid):
        var options = (mount.allowsPrograms == true ? [] : ["noexec"]) + ["nosuid", "nodev"] + (mount.isReadOnly ? ["ro"] : [])
        if let size, size.bytes > 0 { options.append("size=\(size.bytes)") }
        if let mode { options.append("mode=" + String(mode, radix: 8)) }
        if let uid { options.append("uid=\(uid)") }
        if let gid { options.append("gid=\(gid)") }
        own.append(RuntimeSpec.Mount(destination: target, type: "tmpfs", source: "tmpfs", options: options))
      }
    }
  }

  private mutating func addVolumes(_ inputs: ContainerInputs) throws(SetupError) {
    let taken = Set(own.map(\.destination))
    for target in anonymousVolumeTargets(inputs.spec, inputs.image) where !taken.contains(target) {
      try addVolume(inputs, target: target, access: [], subpath: nil)
    }
  }

  private mutating func addVolume(
    _ inputs: ContainerInputs, target: String, access: [String], subpath: String?
  ) throws(SetupError) {
    guard let path = volumes[target] else {
      throw SetupError("volumes: there is no volume for \(target)")
    }
    var source = path
    if let subpath, !subpath.isEmpty {
      let names = subpath.split(separator: "/")
      if subpath.hasPrefix("/") || names.contains("..") || subpath.utf8.contains(0) {
        throw SetupError(
          "volumes: subpath \"\(subpath)\" of \(target) leads out of the volume", hint: "give a path below the volume, without ..")
      }
      slotSources[target] = .subpath(volume: path, subpath: subpath)
      source = path + "/" + subpath
    }
    if inputs.users != nil {
      slotSources[target] = .mapped(path: path, subpath: subpath.flatMap { $0.isEmpty ? nil : $0 }, isRecursive: true)
    }
    own.append(RuntimeSpec.Mount(destination: target, type: "bind", source: source, options: ["rbind"] + access + ["rprivate"]))
  }

  /// /etc/hosts and its like, unless the user mounts there.
  private mutating func addEngineFiles(_ inputs: ContainerInputs) {
    let taken = Set(own.map(\.destination))
    let files = [
      ("/etc/hosts", inputs.hostsPath), ("/etc/hostname", inputs.hostnamePath), ("/etc/resolv.conf", inputs.resolvConfPath),
    ]
    for (target, path) in files {
      guard let path, !taken.contains(target) else { continue }
      let access = inputs.options.isReadOnly ? ["ro"] : []
      if inputs.users != nil { slotSources[target] = .mapped(path: path, subpath: nil, isRecursive: false) }
      own.append(RuntimeSpec.Mount(destination: target, type: "bind", source: path, options: ["bind"] + access + ["rprivate"]))
    }
  }

  private mutating func addGrantDirectory(_ inputs: ContainerInputs) throws(SetupError) {
    if own.contains(where: { $0.destination == grantDirectory }) {
      throw SetupError("volumes: \(grantDirectory) is where secrets and configs are put", hint: "mount on another target")
    }
    let data = ["mode=755", "source=" + grantSource(inputs.id)] + (inputs.host.hasNoSwap ? ["noswap"] : [])
    if let users = inputs.users {
      slotSources[grantDirectory] = .grants(options: data + ["uid=\(users.root.uid)", "gid=\(users.root.gid)"])
    }
    own.append(
      RuntimeSpec.Mount(destination: grantDirectory, type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev"] + data))
  }
}

/// Docker's place of the reaper.
let initProgramPath = "/sbin/docker-init"

/// `bind.propagation`; Docker's default is rprivate.
private func bindPropagation(_ name: String?, _ target: String) throws(SetupError) -> String {
  switch name {
  case nil, "", "rprivate", "private": "rprivate"
  case "rslave", "slave": "rslave"
  case "shared", "rshared":
    throw SetupError("volumes: \(target): propagation \(name ?? "") is not supported", hint: "use rslave to see the host's later mounts")
  case let name?: throw SetupError("volumes: \(target): \"\(name)\" is not a propagation", hint: "use rprivate or rslave")
  }
}
