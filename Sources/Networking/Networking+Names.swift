import StackModel

extension Networking {
  /// Sets the names of containers, whatever names each had before.
  public func setNames(_ names: EndpointNames...) async { setNames(names) }

  /// Sets the names of containers, whatever names each had before.
  public func setNames(_ names: [EndpointNames]) {
    directory.change { table in
      for entry in names { table.set(entry) }
    }
  }
}
