import LinuxKit
import ShimProtocol
import StackModel

/// Programs are allowed: a config may be a script.
private let grantAttributes: MountAttributes = [.readOnly, .noSuid, .noDev]

/// The steps that write secrets and configs. They come after `pivotRoot`, so that a bind's source is the container's own path.
func grantSteps(_ inputs: ContainerInputs, slots: SlotTable) throws(SetupError) -> [SetupStep] {
  var steps: [SetupStep] = []
  var binds: [(target: String, step: SetupStep)] = []
  var made: Set<String> = [grantDirectory]
  for place in try GrantPlace.all(inputs.options) {
    let isSecret = place.kind == .secret
    let grant = isSecret ? inputs.options.secrets[place.index] : inputs.options.configs[place.index]
    guard let slot = slots[isSecret ? .secret(place.index) : .config(place.index)] else { continue }
    if made.insert(parent(place.file)).inserted {
      steps.append(.makeDirectory(target: parent(place.file), mode: place.boundAt == nil ? 0o755 : 0o700))
    }
    let mode = grant.mode.map { $0 & 0o7777 } ?? 0o444
    let owner = GrantOwner(grant, user: serviceUser(inputs))
    steps.append(.writeFile(slot: slot, target: place.file, mode: mode, uid: owner.uid, gid: owner.gid, user: owner.user))
    if let target = place.boundAt {
      binds.append(
        (
          target,
          .bind(source: .path(place.file), target: target, isRecursive: false, attributes: grantAttributes, propagation: .isPrivate)
        ))
    }
  }
  if steps.isEmpty { return [] }
  binds.sort { (depth($0.target), $0.target) < (depth($1.target), $1.target) }
  return steps + binds.map(\.step) + [.remount(target: grantDirectory, attributes: grantAttributes, isRecursive: false)]
}

/// Whom a secret's or a config's file belongs to: what the entry says, else the service's user and group (Compose Specification, "secrets").
private struct GrantOwner {
  /// Empty: the user's.
  var uid: String
  var gid: String
  /// Only when something has to be looked up in the container's passwd.
  var user: String

  init(_ grant: FileGrant, user: String) {
    let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts.first ?? ""
    let isRoot = name.isEmpty || name == "0" || name == "root"
    uid = grant.uid ?? (isRoot ? "0" : name.utf8.allSatisfy { (0x30...0x39).contains($0) } ? name : "")
    gid = grant.gid ?? (parts.count > 1 && !parts[1].isEmpty ? parts[1] : isRoot ? "0" : "")
    self.user = uid.isEmpty || gid.isEmpty ? user : ""
  }
}
