import LinuxKit
import ShimProtocol
import StackModel

/// The tmpfs that secrets and configs are written to.
let grantDirectory = "/run/secrets"
/// Files whose place is elsewhere lie here and are bound there. Only root can look into it.
private let boundDirectory = grantDirectory + "/.bound"

/// Programs are allowed: a config may be a script.
private let grantAttributes: MountAttributes = [.readOnly, .noSuid, .noDev]

/// The steps that write secrets and configs. They come after `pivotRoot`, so that a bind's source is the container's own path.
func grantSteps(_ options: ContainerOptions, slots: SlotTable) throws(SetupError) -> [SetupStep] {
  var steps: [SetupStep] = []
  var binds: [(target: String, step: SetupStep)] = []
  var taken: Set<String> = []
  var made: Set<String> = [grantDirectory]
  let secrets = options.secrets.enumerated().map { (key: "secrets", slot: Slot.secret($0.offset), grant: $0.element) }
  let configs = options.configs.enumerated().map { (key: "configs", slot: Slot.config($0.offset), grant: $0.element) }
  for (key, slot, grant) in secrets + configs {
    let target = try containerPath(grant.target, key: key)
    guard let index = slots[slot], taken.insert(target).inserted else {
      throw SetupError("\(key): \(target) is given twice", hint: "give each its own target")
    }
    if target == grantDirectory || isBelow(grantDirectory, target) || target == boundDirectory || isBelow(target, boundDirectory) {
      throw SetupError("\(key): \(target) is a directory of the engine's", hint: "choose another target")
    }
    let isHere = isBelow(target, grantDirectory)
    let place = isHere ? target : boundDirectory + "/\(index)"
    if made.insert(parent(place)).inserted {
      steps.append(.makeDirectory(target: parent(place), mode: isHere ? 0o755 : 0o700))
    }
    let mode = grant.mode.map { $0 & 0o7777 } ?? 0o444
    steps.append(.writeFile(slot: index, target: place, mode: mode, uid: grant.uid ?? "0", gid: grant.gid ?? "0"))
    if !isHere {
      binds.append(
        (target, .bind(source: .path(place), target: target, isRecursive: false, attributes: grantAttributes, propagation: .isPrivate)))
    }
  }
  if steps.isEmpty { return [] }
  binds.sort { (depth($0.target), $0.target) < (depth($1.target), $1.target) }
  return steps + binds.map(\.step) + [.remount(target: grantDirectory, attributes: grantAttributes, isRecursive: false)]
}
