import Reconciler
import StackModel

/// The engine's containers, by id and by name.
actor ContainerTable {
  /// What a container is found by. A container's spec may change while it runs; its name by `rename`.
  private struct Entry {
    let container: Container
    var name: String
    let project: ProjectName
    let hasLinks: Bool
  }
  private var byID: [ContainerID: Entry] = [:]
  private var byName: [String: Container] = [:]

  /// Takes a container in; false when its name is taken.
  func add(_ container: Container) -> Bool {
    let spec = container.spec
    guard byName[spec.name] == nil else { return false }
    byName[spec.name] = container
    let hasLinks = !spec.options.links.isEmpty || spec.options.externalLinks?.isEmpty == false
    byID[container.id] = Entry(container: container, name: spec.name, project: spec.project, hasLinks: hasLinks)
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

  private func containers(where isWanted: (Entry) -> Bool) -> [Container] {
    byID.values.filter(isWanted).sorted { $0.name < $1.name }.map(\.container)
  }
}
