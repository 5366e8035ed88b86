public import StackModel

/// Where one of a container's secrets or configs lies.
public struct GrantPlace: Equatable, Sendable {
  public enum Kind: String, Sendable { case secret, config }
  public var kind: Kind
  /// Its place in `options.secrets` or `options.configs`.
  public var index: Int
  /// In the container, absolute: below the tmpfs of secrets and configs.
  public var file: String
  /// Where the file is bound, when that is elsewhere.
  public var boundAt: String?

  /// From the tmpfs on: `db`, `.bound/secret-0`.
  public var relative: String { String(file.dropFirst(grantDirectory.utf8.count + 1)) }

  /// Throws for targets that are the engine's own, or given twice.
  public static func all(_ options: ContainerOptions) throws(SetupError) -> [GrantPlace] {
    var places: [GrantPlace] = []
    var taken: Set<String> = []
    for (kind, grants) in [(Kind.secret, options.secrets), (.config, options.configs)] {
      let key = kind.rawValue + "s"
      for (index, grant) in grants.enumerated() {
        let target = try containerPath(grant.target, key: key)
        guard taken.insert(target).inserted else {
          throw SetupError("\(key): \(target) is given twice", hint: "give each its own target")
        }
        if target == grantDirectory || isBelow(grantDirectory, target) || target == boundDirectory || isBelow(target, boundDirectory) {
          throw SetupError("\(key): \(target) is a directory of the engine's", hint: "choose another target")
        }
        let isHere = isBelow(target, grantDirectory)
        places.append(
          GrantPlace(
            kind: kind, index: index, file: isHere ? target : "\(boundDirectory)/\(kind.rawValue)-\(index)", boundAt: isHere ? nil : target)
        )
      }
    }
    return places
  }
}

/// The tmpfs that secrets and configs are written to.
public let grantDirectory = "/run/secrets"
/// Files whose place is elsewhere lie here and are bound there. Only root can look into it.
let boundDirectory = grantDirectory + "/" + grantHidden
/// The same from the tmpfs on.
public let grantHidden = ".bound"

/// What the tmpfs of a container's secrets and configs says it is a mount of: by this the engine finds it again in the running container.
public func grantSource(_ id: ContainerID) -> String { "muster-" + id.short }
