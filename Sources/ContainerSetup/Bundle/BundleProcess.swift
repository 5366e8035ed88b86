import LinuxKit
import OCI
import ShimProtocol

/// From a process that is in its place to the user's program.
///
/// The order of the last steps is runc's (`standard_init_linux.go`, `finalizeNamespace`): without no_new_privs the filter is loaded while
/// CAP_SYS_ADMIN is still there, with it as the very last.
func bundleProcessSteps(
  _ spec: RuntimeSpec, _ process: RuntimeSpec.Process, _ available: CapabilitySet, isFirst: Bool, hasUsers: Bool,
  _ slots: inout BundleSlots,
  _ warnings: inout [String]
) throws(SetupError) -> [BundleStep] {
  var steps: [BundleStep] = [.setup(.newKeyring)]
  func setup(_ step: SetupStep) { steps.append(.setup(step)) }
  for limit in process.rlimits ?? [] {
    guard let number = resourceNumber(limit.type), limit.type.hasPrefix("RLIMIT_") else {
      throw SetupError("process.rlimits: \(limit.type) is not a limit")
    }
    setup(.resourceLimit(resource: number, soft: limit.soft, hard: limit.hard))
  }
  // With a user namespace only the host's root may, and has.
  if !hasUsers, let score = process.oomScoreAdj { setup(.oomScoreAdjust(score)) }
  if process.terminal == true { setup(.controllingTerminal) }
  setup(.umask(process.user.umask ?? 0o022))
  setup(.workingDirectory(target: process.cwd, createsMissing: false))
  steps.append(.resolveProgram(arguments: process.args, environment: process.env, uid: process.user.uid))
  if let profile = process.apparmorProfile, !profile.isEmpty { setup(.appArmor(profile: profile)) }
  steps.append(.giveStreams(uid: process.user.uid))
  if isFirst {
    steps.append(.acceptStart(slot: slots.add(.start)))
    steps += (spec.hooks?.startContainer ?? []).map { .runHook(HookCall($0)) }
  }

  let sets = try CapabilitySets(process.capabilities, available: available, &warnings)
  let confined = process.noNewPrivileges == true
  let filter = try spec.linux.seccomp.map { (written) throws(SetupError) in
    BundleStep.loadFilter(slot: slots.add(.seccomp), flags: try filterFlags(written))
  }
  setup(.boundingCapabilities(sets.bounding))
  if let filter, !confined { steps.append(filter) }
  steps.append(.becomeIDs(uid: process.user.uid, gid: process.user.gid, groups: process.user.additionalGids ?? []))
  setup(.capabilities(sets.setup))
  if confined { setup(.noNewPrivileges) }
  if let filter, confined { steps.append(filter) }
  return steps + [.executeResolved]
}

/// `process.capabilities`; what is not there for anybody is left out with a warning, as runc does.
private struct CapabilitySets {
  var bounding: CapabilitySet
  var setup: CapabilitySetup

  init(_ written: RuntimeSpec.Capabilities?, available: CapabilitySet, _ warnings: inout [String]) throws(SetupError) {
    var missing: Set<String> = []
    func set(_ names: [String]?) -> CapabilitySet {
      var set: CapabilitySet = []
      for name in names ?? [] {
        guard let one = CapabilitySet(named: name), available.isSuperset(of: one) else {
          missing.insert(name)
          continue
        }
        set.formUnion(one)
      }
      return set
    }
    bounding = set(written?.bounding)
    let permitted = set(written?.permitted)
    let inheritable = set(written?.inheritable)
    // The kernel raises only what is permitted and inheritable too.
    setup = CapabilitySetup(
      effective: set(written?.effective).intersection(permitted), permitted: permitted, inheritable: inheritable,
      ambient: set(written?.ambient).intersection(permitted).intersection(inheritable))
    if !missing.isEmpty { warnings.append("capabilities that cannot be had are left out: " + missing.sorted().joined(separator: " ")) }
  }
}

/// Flags of `seccomp(2)` (linux/seccomp.h).
private func filterFlags(_ written: RuntimeSpec.Seccomp) throws(SetupError) -> UInt32 {
  var flags: UInt32 = 0
  for flag in written.flags ?? [] {
    switch flag {
    // A process of one thread has nobody to synchronise with.
    case "SECCOMP_FILTER_FLAG_TSYNC": break
    case "SECCOMP_FILTER_FLAG_LOG": flags |= 2
    case "SECCOMP_FILTER_FLAG_SPEC_ALLOW": flags |= 4
    default: throw SetupError("linux.seccomp.flags: \(flag) is not supported")
    }
  }
  return flags
}
