import StackModel

/// What the host's AppArmor has for containers.
public struct AppArmorFacts: Sendable {
  /// Whether the kernel has it, switched on.
  public var isEnabled: Bool
  /// The profile of containers that ask for none; nil where it could not be loaded.
  public var standard: String?
  /// Whether the kernel has a profile of that name.
  public var isLoaded: @Sendable (String) -> Bool

  public init(isEnabled: Bool = false, standard: String? = nil, isLoaded: @escaping @Sendable (String) -> Bool = { _ in false }) {
    self.isEnabled = isEnabled
    self.standard = standard
    self.isLoaded = isLoaded
  }
}

/// The profile that a container's processes run under; nil: none. As Docker, a privileged container has none unless it names one.
func chosenAppArmor(_ options: ContainerOptions, host: HostFacts) throws(SetupError) -> String? {
  switch options.appArmor {
  case nil: return options.isPrivileged ? nil : host.appArmor.standard
  case "unconfined": return nil
  case let name?:
    try checkNoNUL([name], key: "security_opt")
    guard host.appArmor.isEnabled else {
      throw SetupError("security_opt: apparmor=\(name): this machine's kernel has no AppArmor, or it is switched off", hint: "remove it")
    }
    guard host.appArmor.isLoaded(name) else {
      throw SetupError("security_opt: apparmor=\(name): no such profile is loaded", hint: "load it with apparmor_parser -r FILE")
    }
    return name
  }
}
