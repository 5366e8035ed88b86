import CLinux

/// A new file system, mounted nowhere yet (fsopen(2), fsconfig(2), fsmount(2)). An option without a value is a flag.
public func newFileSystem(
  _ type: String, options: [(key: String, value: String?)], _ attributes: MountAttributes
) throws(KernelError) -> Descriptor {
  let context = Descriptor(owning: try kernel("fsopen(2)", [type]) { clinux_fsopen(type) })
  let number = context.number
  for option in options {
    try kernel("fsconfig(2)", [type, option.key + (option.value.map { "=" + $0 } ?? "")]) {
      if let value = option.value { clinux_fsconfig_string(number, option.key, value) } else { clinux_fsconfig_flag(number, option.key) }
    }
  }
  try kernel("fsconfig(2) create", [type]) { clinux_fsconfig_create(number) }
  return Descriptor(owning: try kernel("fsmount(2)", [type]) { clinux_fsmount(number, attributes.rawValue) })
}
