import LinuxKit
import OCI
import StackModel

/// The container in the words of the OCI runtime specification.
func runtimeSpec(
  _ inputs: ContainerInputs, mounts: ContainerMounts, capabilities: CapabilitySet
) throws(SetupError) -> RuntimeSpec {
  let options = inputs.options
  try checkIdentity(inputs)
  try checkNames(options)
  try checkStopSignal(options)
  let devices = try ChosenDevices(options, host: inputs.host)

  var spec = RuntimeSpec(process: try process(inputs, capabilities: capabilities), root: RuntimeSpec.Root(path: "rootfs"))
  spec.root.readonly = options.isReadOnly ? true : nil
  if !options.usesHostUTS {
    spec.hostname = containerHostname(inputs)
    spec.domainname = options.domainname.flatMap { $0.isEmpty ? nil : $0 }
  }
  spec.mounts = mounts.standard + mounts.own
  spec.annotations = options.annotations.isEmpty ? nil : options.annotations
  spec.linux.namespaces = namespaceEntries(options)
  if let users = inputs.users {
    spec.linux.namespaces.insert(RuntimeSpec.Namespace(type: "user"), at: 0)
    (spec.linux.uidMappings, spec.linux.gidMappings) = users.entries
  }
  spec.linux.devices = devices.nodes.isEmpty ? nil : devices.nodes
  spec.linux.sysctl = try chosenSysctls(options)
  var resources = try runtimeResources(options.resources, host: inputs.host)
  resources.devices = devices.rules
  spec.linux.resources = resources
  spec.linux.seccomp = ownSeccomp(options, capabilities: capabilities, kernel: inputs.host.kernel)
  if !options.isPrivileged && options.unmasksPaths != true {
    spec.linux.maskedPaths = maskedPaths(throttledProcessors: inputs.host.throttledProcessors)
    spec.linux.readonlyPaths = readOnlyPaths
  }
  return spec
}

private func process(_ inputs: ContainerInputs, capabilities: CapabilitySet) throws(SetupError) -> RuntimeSpec.Process {
  let options = inputs.options
  var arguments = try processArguments(options, inputs.execution)
  if options.usesInit && ownsPID(options) { arguments = [initProgramPath, "--"] + arguments }
  var process = RuntimeSpec.Process(
    inputs, arguments: arguments, environment: try processEnvironment(inputs), capabilities: capabilities,
    reach: try WithinReach(options, host: inputs.host))
  process.apparmorProfile = try chosenAppArmor(options, host: inputs.host)
  return process
}

extension RuntimeSpec.Process {
  /// The container's own process, or one that joins it: they differ in little.
  init(
    _ inputs: ContainerInputs, arguments: [String], environment: [String], capabilities: CapabilitySet, reach: WithinReach
  ) {
    let options = inputs.options
    self.init(
      user: RuntimeSpec.User(umask: 0o022, username: serviceUser(inputs)), args: arguments, env: environment,
      cwd: workingDirectory(options.workingDirectory, inputs.execution))
    terminal = options.hasTerminal ? true : nil
    self.capabilities = RuntimeSpec.Capabilities(
      bounding: capabilities.names, effective: capabilities.names, permitted: capabilities.names)
    rlimits = reach.limits.isEmpty ? nil : reach.limits
    noNewPrivileges = options.noNewPrivileges ? true : nil
    oomScoreAdj = reach.oomScore
  }
}

/// Names that the shim takes as C strings: one with a NUL is no name, and no message to a shim either.
func checkIdentity(_ inputs: ContainerInputs) throws(SetupError) {
  try checkNoNUL([serviceUser(inputs)], key: "user")
  try checkNoNUL(inputs.options.groups, key: "group_add")
  try checkNoNUL([workingDirectory(inputs.options.workingDirectory, inputs.execution)], key: "working_dir")
}

/// `user`, else the image's, else root.
func serviceUser(_ inputs: ContainerInputs) -> String {
  [inputs.options.user, inputs.execution.user].compactMap { $0 }.first { !$0.isEmpty } ?? "0"
}

/// `working_dir`, else the image's, else the root; a relative one counts from the root.
func workingDirectory(_ own: String?, _ image: ImageConfig.Execution) -> String {
  let path = [own, image.workingDir].compactMap { $0 }.first { !$0.isEmpty } ?? "/"
  return cleanPath(path)
}
