import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

/// Rules that hold for every plan, over specifications from a seeded generator.
@Suite struct OrderTests {
  @Test(arguments: 0..<200) func rules(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let plan = try containerPlan(inputs { generate(&$0, &random) })
    let steps = plan.steps
    func place(_ matches: (SetupStep) -> Bool) -> Int? { steps.firstIndex(where: matches) }
    func before(_ left: Int?, _ right: Int?, _ rule: Comment) {
      if let left, let right { #expect(left < right, rule) }
    }
    let pivot = try #require(place { $0 == .pivotRoot })
    let user = try #require(place { if case .becomeUser = $0 { true } else { false } })
    let bounding = place { if case .boundingCapabilities = $0 { true } else { false } }
    let capabilities = place { if case .capabilities = $0 { true } else { false } }
    let filter = place { if case .seccomp = $0 { true } else { false } }
    let meeting = try #require(place { $0 == .awaitStart })
    let entry = place { $0.userEntry != nil }
    let remount = place { $0 == .remount(target: "/", attributes: .readOnly, isRecursive: false) }

    #expect((entry != nil) == (plan.runtimeSpec.linux.uidMappings != nil))
    before(place { $0 == .joinCgroups }, entry, "only the host's root joins them")
    before(steps.lastIndex { if case .oomScoreAdjust = $0 { true } else { false } }, entry, "only the host's root lowers it")
    if let entry {
      let ones = steps[entry...].filter { step in
        switch step {
        case .makeNode, .overlayRoot, .oomScoreAdjust, .joinCgroups: true
        default: false
        }
      }
      #expect(ones == [], "what only the host's root may do comes before it, or not at all")
    }
    before(place { $0 == .joinCgroups }, place { $0 == .unshareCgroup }, "the namespace's root is the joined group")
    before(place { $0 == .unshareCgroup }, pivot, "mounts of cgroups are seen from the new namespace")
    before(pivot, meeting, "a broken mount is known before there is a network")
    before(meeting, place { if case .interfaceUp = $0 { true } else { false } }, "interfaces come while it waits")
    before(
      place { if case .defaultRoute = $0 { true } else { false } }, place { if case .sysctl = $0 { true } else { false } },
      "sysctls of interfaces")
    before(
      steps.lastIndex { if case .sysctl = $0 { true } else { false } }, place { if case .mask = $0 { true } else { false } },
      "mask after sysctl")
    before(steps.lastIndex { if case .makeDirectory = $0 { true } else { false } }, remount, "nothing is made on a read-only root")
    before(bounding, user, "dropping needs CAP_SETPCAP")
    before(user, capabilities, "changing the user needs CAP_SETUID")
    before(steps.lastIndex { if case .mask = $0 { true } else { false } }, bounding, "masks need CAP_SYS_ADMIN")
    before(place { $0 == .newKeyring }, filter, "keyctl is refused by the filter")
    before(place { $0 == .newSession }, place { $0 == .controllingTerminal }, "a session leader takes the terminal")
    before(capabilities, place { $0 == .dieWithParent }, "a change of user forgets it")
    if let filter {
      if let confined = place({ $0 == .noNewPrivileges }) {
        #expect(filter == confined + 1 && filter == steps.count - 2)
      } else {
        #expect(filter < user, "loading needs CAP_SYS_ADMIN")
      }
    }
    #expect(steps.filter { if case .execute = $0 { true } else { false } }.count == 1)
    if case .execute = steps.last {} else { Issue.record("the last step is not execute") }

    // Parents are mounted before children, host sources before the pivot, and every slot is used.
    var mounted: [String] = []
    for (index, step) in steps.enumerated() {
      switch step {
      case .mount(_, let target, _, _): mounted.append(target)
      case .bind(.path(let path), let target, _, _, _) where entry != nil && path.hasPrefix("/dev/"): mounted.append(target)
      case .bind(let source, let target, _, _, _):
        #expect(!mounted.contains { isBelow($0, target) }, "\(target) hides what is below it")
        if case .path(let path) = source {
          #expect((index < pivot) != path.hasPrefix("/run/secrets/"), "\(path) is not there any more, or yet")
        }
        mounted.append(target)
      default: break
      }
    }
    #expect(Set(mounted).count == mounted.count)
    let used = Set(steps.compactMap(slot)).union(plan.joinSlots).union(plan.cgroupSlots)
    #expect(used == Set(plan.slots.indices))
  }

  private func slot(_ step: SetupStep) -> Int? {
    switch step {
    case .enterUsers(let entry): if case .join(let slot) = entry.way { slot } else { nil }
    case .attachRoot(let slot), .writeFile(let slot, _, _, _, _, _), .seccomp(let slot), .bind(.slot(let slot), _, _, _, _),
      .bind(.elsewhere(let slot, _), _, _, _, _):
      slot
    default: nil
    }
  }

  private func pick<Value>(_ values: [Value], _ random: inout SplitMix) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }

  private func generate(_ inputs: inout ContainerInputs, _ random: inout SplitMix) {
    inputs.cgroupCount = .random(in: 0...8, using: &random)
    inputs.host.cgroups = pick([.none, .unified, .legacy([["cpu", "cpuacct"], ["memory"]], hasUnified: true)], &random)
    var options = ContainerOptions()
    options.isPrivileged = .random(using: &random)
    options.isReadOnly = .random(using: &random)
    options.noNewPrivileges = .random(using: &random)
    options.seccomp = .random(using: &random) ? .standard : .unconfined
    options.hasTerminal = .random(using: &random)
    options.usesInit = .random(using: &random)
    options.usesHostPID = .random(using: &random)
    options.usesHostIPC = .random(using: &random)
    options.usesHostUTS = .random(using: &random)
    options.usesHostCgroup = pick([nil, true], &random)
    options.unmasksPaths = pick([nil, true], &random)
    options.ipc = pick([nil, .shareable, IPCMode.none, .of(.service("db")), .of(.container("x"))], &random)
    if !options.usesHostPID { options.pidOwner = pick([nil, .service("db"), .container("x")], &random) }
    options.network = pick([.bridges([]), .host, .none, .service("db")], &random)
    options.workingDirectory = pick([nil, "/srv/app"], &random)
    for target in ["/a/b/c", "/a", "/a/b", "/dev", "/dev/shm", "/sys", "/proc", "/run", "/etc/hosts", "/tmp"]
    where Int.random(in: 0...3, using: &random) == 0 {
      let kind = Int.random(in: 0...4, using: &random)
      let source: Mount.Source =
        switch kind {
        case 0: .bind(path: "/host" + target, createsHostPath: true, propagation: nil)
        case 1: .volume("data")
        case 2: .anonymousVolume
        case 3: .image("nginx")
        default: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil)
        }
      inputs.volumes[target] = "/volumes" + target
      let isReadOnly = Bool.random(using: &random)
      options.mounts.append(
        Mount(
          source: source, target: target, isReadOnly: isReadOnly, subpath: kind == 1 && .random(using: &random) ? "x/y" : nil,
          recursion: kind == 0 ? pick([nil, .disabled, isReadOnly ? .writable : nil], &random) : nil))
    }
    for name in ["one", "two"] where Bool.random(using: &random) {
      options.secrets.append(FileGrant(source: name, target: "/run/secrets/" + name))
      options.configs.append(FileGrant(source: name, target: "/etc/app/\(name).conf"))
    }
    if Int.random(in: 0...2, using: &random) == 0 {
      let range = UserMapping.Range(inside: 0, outside: 200_000, count: 65_536)
      options.users = .remapped(UserMapping(users: [range], groups: [range]))
      (options.isPrivileged, options.usesHostPID, options.usesHostIPC, options.usesHostUTS) = (false, false, false, false)
      if options.network == .host { options.network = .none }
      inputs.joinsUsers = options.pidOwner != nil || options.network == .service("db")
    }
    options.oomScoreAdjust = pick([nil, 100], &random)
    inputs.spec.options = options
  }
}

/// A small generator with a seed (Steele, Lea, Flood: SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
