import StackModel

extension Network {
  /// What a changed file changes about a network that exists; its key and its externality are not properties of it.
  func changes(to new: Network) -> [FieldChange] {
    guard self != new else { return [] }
    var changes = FieldChanges()
    let path = "networks.\(new.key)"
    changes.compare("\(path).internal", isInternal, new.isInternal, FieldText.of)
    changes.compare("\(path).ipam.subnet", subnet, new.subnet) { $0 }
    changes.compare("\(path).ipam.gateway", gateway, new.gateway) { $0 }
    changes.compare("\(path).ipam.ip_range", range, new.range) { $0 }
    changes.compare("\(path).labels", labels, new.labels) { $0 }
    return changes.list
  }
}

extension Volume {
  func changes(to new: Volume) -> [FieldChange] {
    guard self != new else { return [] }
    var changes = FieldChanges()
    changes.compare("volumes.\(new.key).labels", labels, new.labels) { $0 }
    return changes.list
  }
}
