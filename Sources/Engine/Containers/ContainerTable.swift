import Reconciler
import StackModel

/// The engine's containers, by id and by name.
actor ContainerTable {
  private var byID: [ContainerID: Container] = [:]
  private var byName: [String: Container] = [:]

  /// Takes a container in; false when its name is taken.
  func add(_ container: Container) -> Bool {
    guard byName[container.spec.name] == nil else { return false }
    byName[container.spec.name] = container
    byID[container.id] = container
    return true
  }

  func remove(_ id: ContainerID) {
    guard let container = byID.removeValue(forKey: id) else { return }
    byName[container.spec.name] = nil
  }

  func removeAll() {
    byID = [:]
    byName = [:]
  }

  func find(_ id: ContainerID) -> Container? { byID[id] }
  func find(name: String) -> Container? { byName[name] }

  /// Those of a project, or all; sorted by name.
  func all(_ project: ProjectName? = nil) -> [Container] {
    byID.values.filter { project == nil || $0.spec.project == project }.sorted { $0.spec.name < $1.spec.name }
  }
}
