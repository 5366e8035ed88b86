import ShimProtocol
public import StackModel

/// The most mounts that one container may ask for. The kernel takes 100,000 a mount namespace by default (`fs.mount-max`), the host's own included, and
/// each of them is made before the container starts.
public let mostMounts = 4096

/// Throws when a container asks for more mounts than there may be.
public func checkMountCount(_ options: ContainerOptions) throws(SetupError) { try checkMountCount(options.mounts.count, key: "volumes") }

func checkMountCount(_ count: Int, key: String) throws(SetupError) {
  guard count > mostMounts else { return }
  throw SetupError(
    "\(key): \(count) mounts are asked for; a container can have \(mostMounts)", hint: "mount a directory above them, which brings them all"
  )
}

/// Throws when more descriptors go with a container than one message takes (`SCM_RIGHTS`, unix(7)).
func checkDescriptorCount(_ slots: SlotTable) throws(SetupError) {
  let most = Frame.maxDescriptors
  guard slots.slots.count > most else { return }
  throw SetupError(
    "secrets, configs, image mounts and subpaths: \(slots.slots.count) descriptors are needed; a container can have \(most)",
    hint: "put several into one file, or mount the directory that they are in")
}
