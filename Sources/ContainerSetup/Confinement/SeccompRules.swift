import LinuxKit
import OCI
import StackModel

/// libseccomp's words for this machine's architecture.
#if arch(x86_64)
  private let (ownName, ownWord) = ("amd64", "SCMP_ARCH_X86_64")
#elseif arch(arm64)
  private let (ownName, ownWord) = ("arm64", "SCMP_ARCH_AARCH64")
#endif

/// A profile of the service's own as it is for these capabilities on this machine (moby `profiles/seccomp`); nil for the default one and for none.
func ownSeccomp(_ options: ContainerOptions, capabilities: CapabilitySet, kernel: KernelVersion) -> RuntimeSpec.Seccomp? {
  guard case .profile(let profile) = options.seccomp else { return nil }
  let names = Set(capabilities.names)
  var architectures = profile.architectures
  for family in profile.families where family.architecture == ownWord { architectures += [family.architecture] + family.others }
  let rules = profile.rules.filter { rule in
    includes(rule.includes, names, kernel) && !excludes(rule.excludes, names, kernel)
  }
  return RuntimeSpec.Seccomp(
    defaultAction: profile.defaultAction.rawValue, defaultErrnoRet: profile.defaultErrno.map { UInt32($0) },
    architectures: architectures.isEmpty ? nil : architectures,
    syscalls: rules.map { rule in
      RuntimeSpec.Seccomp.Syscall(
        names: rule.names, action: rule.action.rawValue, errnoRet: rule.errno.map { UInt32($0) },
        args: rule.arguments.isEmpty
          ? nil
          : rule.arguments.map {
            RuntimeSpec.Seccomp.Argument(index: $0.index, value: $0.value, valueTwo: $0.valueTwo, op: $0.comparison.rawValue)
          })
    })
}

/// All of it must be so.
private func includes(_ wanted: SeccompProfile.Circumstances, _ capabilities: Set<String>, _ kernel: KernelVersion) -> Bool {
  (wanted.architectures.isEmpty || wanted.architectures.contains(ownName)) && capabilities.isSuperset(of: wanted.capabilities)
    && (wanted.kernel.map { kernel >= KernelVersion($0.major, $0.minor) } ?? true)
}

/// Any of it is enough.
private func excludes(_ unwanted: SeccompProfile.Circumstances, _ capabilities: Set<String>, _ kernel: KernelVersion) -> Bool {
  unwanted.architectures.contains(ownName) || !capabilities.isDisjoint(with: unwanted.capabilities)
    || (unwanted.kernel.map { kernel >= KernelVersion($0.major, $0.minor) } ?? false)
}
