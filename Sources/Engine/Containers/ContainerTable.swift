import Reconciler
import StackModel

/// The engine's containers, by id and by name.
actor ContainerTable {
  /// What a container is found by. A container's spec may change while it runs; its name by `rename` or `exchange`, the rest never.
  private struct Entry {
    let container: Container
    var name: String
    let project: ProjectName
    let hasLinks: Bool
    let sharesNetwork: Bool
  }
  private var byID: [ContainerID: Entry] = [:]
  private var byName: [String: Container] = [:]

  /// Takes a container in; false when its name is taken.
  func add(_ container: Container) -> Bool {
    let spec = container.spec
    guard byName[spec.name] == nil else { return false }
    byName[spec.name] = container
    let hasLinks = !spec.options.links.isEmpty || spec.options.externalLinks?.isEmpty == false
    byID[container.id] = Entry(
      container: container, name: spec.name, project: spec.project, hasLinks: hasLinks,
      sharesNetwork: spec.options.networkReference != nil)
    return true
  }

  /// Gives a container another name; false when that is taken.
  func rename(_ id: ContainerID, to name: String) -> Bool {
    guard let entry = byID[id], byName[name] == nil else { return false }
    byName[entry.name] = nil
    byName[name] = entry.container
    byID[id]?.name = name
    return true
  }

  func remove(_ id: ContainerID) {
    guard let entry = byID.removeValue(forKey: id) else { return }
    byName[entry.name] = nil
  }

  /// Gives each of two containers the other's name; false: the name that the second one is to have is a third one's.
  func exchange(_ name: String, of old: Container, with successor: String, of new: Container) -> Bool {
    guard byID[old.id] != nil, byID[new.id] != nil else { return false }
    guard byName[name].map({ $0.id == old.id || $0.id == new.id }) ?? true else { return false }
    guard byName[successor].map({ $0.id == old.id || $0.id == new.id }) ?? true else { return false }
    for (container, own) in [(old, successor), (new, name)] {
      if let before = byID[container.id]?.name, byName[before]?.id == container.id { byName[before] = nil }
      byID[container.id]?.name = own
    }
    byName[successor] = old
    byName[name] = new
    return true
  }

  func removeAll() {
    byID = [:]
    byName = [:]
  }

  func find(_ id: ContainerID) -> Container? { byID[id]?.container }
  func find(name: String) -> Container? { byName[name] }

  /// Those of a project, or all; sorted by name.
  func all(_ project: ProjectName? = nil) -> [Container] { containers { project == nil || $0.project == project } }

  /// Those that have links to others.
  func linking() -> [Container] { containers(where: \.hasLinks) }

  /// Those that share the network of another.
  func sharing() -> [Container] { containers(where: \.sharesNetwork) }

  private func containers(where isWanted: (Entry) -> Bool) -> [Container] {
    byID.values.filter(isWanted).sorted { $0.name < $1.name }.map(\.container)
  }
}
