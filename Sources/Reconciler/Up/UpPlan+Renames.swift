import StackModel

extension UpPlan {
  /// Services that have containers and are in the file no more, with the one new service that is like each: the same image, unless both were built here,
  /// and the same options but for a few.
  var renamedServices: [(old: ServiceName, new: ServiceName)] {
    let gone = Dictionary(
      grouping: observed.containers.filter { container in
        let name = container.spec.service
        return !container.spec.isOneOff && stack.services[name] == nil && stack.disabledServices[name] == nil
      }, by: \.spec.service)
    let fresh = selected.filter { (existing[$0] ?? []).isEmpty }
    guard !gone.isEmpty, !fresh.isEmpty else { return [] }
    var renames: [(ServiceName, ServiceName)] = []
    for (old, containers) in gone.sorted(by: { $0.key < $1.key }) {
      guard let spec = containers.first?.spec else { continue }
      let alike = fresh.filter { name in stack.services[name].map { isAlike(spec, $0) } ?? false }
      // Of two that are alike, neither can be told to be it.
      guard alike.count == 1, let new = alike.first, !renames.contains(where: { $0.1 == new }) else { continue }
      renames.append((old, new))
    }
    return renames
  }

  private func isAlike(_ old: ContainerSpec, _ new: Service) -> Bool {
    let wasBuilt = old.image == "\(project)-\(old.service)", isBuilt = new.build != nil && new.image == "\(project)-\(new.name)"
    guard old.image == new.image || (wasBuilt && isBuilt) else { return false }
    var spec = new.container(old.number, of: project)
    (spec.service, spec.name, spec.image) = (old.service, old.name, old.image)
    return old.withoutContents.changes(to: spec.withoutContents).count <= 2
  }
}
