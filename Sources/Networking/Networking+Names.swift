import StackModel

extension Networking {
  /// Sets the names of containers, whatever names each had before.
  public func setNames(_ names: EndpointNames...) async { setNames(names) }

  /// Sets the names of containers, whatever names each had before. Ports that several containers publish lead to those that are ready.
  public func setNames(_ names: [EndpointNames]) {
    directory.change { table in
      for entry in names { table.set(entry) }
    }
    for entry in names {
      guard var publications = firewall.state.publications[entry.container], publications.contains(where: { $0.isReady != entry.isReady })
      else { continue }
      for index in publications.indices { publications[index].isReady = entry.isReady }
      // The next change makes the table anew if it has to.
      try? firewall.publish(publications, of: entry.container)
      leadRelays(of: heldPorts[entry.container] ?? [])
    }
  }
}
