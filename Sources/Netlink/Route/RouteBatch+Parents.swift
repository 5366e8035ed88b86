/// `IPVLAN_MODE_*`.
public enum IpvlanMode: UInt16, Sendable { case l2, l3, l3s }

/// `IPVLAN_F_*`.
public enum IpvlanFlag: UInt16, Sendable { case bridge, isPrivate, vepa }

extension RouteBatch {
  /// An interface with a hardware address of its own on the network of another (`MACVLAN_MODE_*`), in another network namespace, with a name that
  /// nothing there, and nothing here, may have.
  public mutating func addMacvlan(name: String, parent: Int32, mode: UInt32, mac: MACAddress, in place: NamespaceReference) {
    addLink("add macvlan on link " + String(parent), "macvlan", name: name, mac: mac, parent: parent, in: place) {
      $0.attribute(LinkAttribute.macvlanMode, mode)
    }
  }

  /// An interface on the network of another, with that one's hardware address, in another network namespace, with a name that nothing there, and
  /// nothing here, may have. Mode and flag are the parent's: the last one that is made decides for all of its interfaces.
  public mutating func addIpvlan(name: String, parent: Int32, mode: IpvlanMode, flag: IpvlanFlag, in place: NamespaceReference) {
    addLink("add ipvlan on link " + String(parent), "ipvlan", name: name, parent: parent, in: place) { data in
      data.attribute(LinkAttribute.ipvlanMode, mode.rawValue)
      data.attribute(LinkAttribute.ipvlanFlags, flag.rawValue)
    }
  }

  /// The part of an interface's network that has the number `id` (IEEE 802.1Q).
  public mutating func addVLAN(name: String, parent: Int32, id: UInt16) {
    addLink("add vlan " + name, "vlan", name: name, parent: parent) { $0.attribute(LinkAttribute.vlanID, id) }
  }

  /// An interface that leads nowhere.
  public mutating func addDummy(name: String) { addLink("add dummy " + name, "dummy", name: name) }

  /// A new interface. `data`: what only its kind has.
  private mutating func addLink(
    _ operation: String, _ kind: String, name: String, mac: MACAddress? = nil, parent: Int32? = nil, in place: NamespaceReference? = nil,
    data: ((inout MessageWriter) -> Void)? = nil
  ) {
    message(operation, type: RouteMessage.newLink, flags: HeaderFlags.create | HeaderFlags.exclusive) { writer in
      writer.linkHeader()
      writer.attribute(LinkAttribute.name, name)
      if let mac { writer.attribute(LinkAttribute.address, bytes: mac.bytes) }
      if let parent { writer.attribute(LinkAttribute.link, parent) }
      if let place { writer.namespace(place) }
      writer.nested(LinkAttribute.info) { info in
        info.attribute(LinkAttribute.kind, kind)
        if let data { info.nested(LinkAttribute.data, data) }
      }
    }
  }

  /// Asks for an interface without a parent and with a hardware address that none can have, which is refused: as unknown, or for what is wrong.
  mutating func addImpossible(kind: String) {
    message("add " + kind, type: RouteMessage.newLink, flags: HeaderFlags.create | HeaderFlags.exclusive) { writer in
      writer.linkHeader()
      writer.attribute(LinkAttribute.address, bytes: [UInt8](repeating: 0, count: 6))
      writer.nested(LinkAttribute.info) { $0.attribute(LinkAttribute.kind, kind) }
    }
  }
}

extension MessageWriter {
  mutating func namespace(_ place: NamespaceReference) {
    switch place {
    case .process(let pid): attribute(LinkAttribute.namespacePID, UInt32(bitPattern: pid))
    case .descriptor(let number): attribute(LinkAttribute.namespaceFD, UInt32(bitPattern: number))
    }
  }
}
