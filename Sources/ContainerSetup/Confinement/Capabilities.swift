import LinuxKit
import StackModel

/// What containers get unless told otherwise: a setting of the engine.
public enum DefaultCapabilities: String, Sendable, CaseIterable {
  /// Docker's (moby `daemon/pkg/oci/caps/defaults.go`): 14 capabilities, `a80425fb`.
  case docker
  /// Podman's: 11, `800405fb`. Without MKNOD, NET_RAW (raw sockets, and with them spoofed packets on the bridge) and AUDIT_WRITE.
  case strict

  var set: CapabilitySet {
    switch self {
    case .docker: Self.strict.set.union(CapabilitySet(names: ["CAP_MKNOD", "CAP_NET_RAW", "CAP_AUDIT_WRITE"]))
    case .strict:
      CapabilitySet(names: [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
      ])
    }
  }
}

/// The default ones with `cap_add` and `cap_drop` carried out as Docker does: all for `privileged`; `ALL` in either list; what is in both is dropped,
/// unless everything was dropped by `ALL` first.
func chosenCapabilities(_ options: ContainerOptions, host: HostFacts) throws(SetupError) -> CapabilitySet {
  let available = host.capabilities
  if options.isPrivileged { return available }
  let added = try named(options.capAdd, key: "cap_add", available: available)
  let dropped = try named(options.capDrop, key: "cap_drop", available: .known)
  let base = host.defaultCapabilities.set.intersection(available)
  switch (added.all, dropped.all) {
  case (true, _): return available.subtracting(dropped.set)
  case (false, true): return added.set
  case (false, false): return base.subtracting(dropped.set).union(added.set)
  }
}

private func named(
  _ names: [String], key: String, available: CapabilitySet
) throws(SetupError) -> (all: Bool, set: CapabilitySet) {
  var all = false
  var set: CapabilitySet = []
  for name in names {
    let capital = name.uppercased()
    if capital == "ALL" || capital == "CAP_ALL" {
      all = true
      continue
    }
    guard let one = CapabilitySet(named: capital.hasPrefix("CAP_") ? capital : "CAP_" + capital) else {
      throw SetupError("\(key): \(name) is not a capability", hint: "names are those of capabilities(7), such as NET_ADMIN, or ALL")
    }
    guard available.isSuperset(of: one) else {
      throw SetupError("\(key): \(name) cannot be given, the engine does not have it itself")
    }
    set.formUnion(one)
  }
  return (all, set)
}
