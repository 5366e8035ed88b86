public import StackModel

/// The changes of a container, by what each of them needs.
struct ChangeParts {
  /// The container can go on with the new value.
  var inPlace: [FieldChange] = []
  /// What its secrets and configs contain.
  var contents: [FieldChange] = []
  var recreate: [FieldChange] = []

  init(_ changes: [FieldChange], from old: ContainerSpec, to new: ContainerSpec) {
    for change in changes {
      switch ChangeClass.of(change.path) {
      case .files where change.old == .hidden && change.new == .hidden: contents.append(change)
      case .inPlace where Self.isPossible(change, old.options, new.options): inPlace.append(change)
      case .inPlace, .files, .recreate, .none: recreate.append(change)
      }
    }
  }

  /// Whether a change of a key that can change in place is such a one.
  private static func isPossible(_ change: FieldChange, _ old: ContainerOptions, _ new: ContainerOptions) -> Bool {
    switch change.path {
    // The kernel's own value cannot be told any more.
    case "cpuset", "mem_swappiness": change.new != nil
    case let path where path.hasPrefix("blkio_config"): change.new != nil
    case let path where path == "ports" || path.hasPrefix("networks"): old.isOnBridges && new.isOnBridges
    default: true
    }
  }
}

extension ContainerOptions {
  /// Has networks of its own, or none yet.
  public var isOnBridges: Bool {
    if case .bridges = network { true } else { false }
  }
}
