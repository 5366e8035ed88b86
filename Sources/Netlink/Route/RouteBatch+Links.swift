import Glibc

/// Where an interface is made.
public enum NamespaceReference: Sendable {
  /// The network namespace of a process.
  case process(Int32)
  /// An open `/proc/PID/ns/net`, borrowed until the batch is sent.
  case descriptor(Int32)
}

extension RouteBatch {
  /// A bridge without spanning tree, whose ports forward at once, with an address of its own so that it does not change with its ports.
  public mutating func addBridge(name: String, mac: MACAddress, mtu: UInt32? = nil) {
    message("add bridge " + name, type: RouteMessage.newLink, flags: HeaderFlags.create | HeaderFlags.exclusive) { writer in
      writer.linkHeader()
      writer.attribute(LinkAttribute.name, name)
      writer.attribute(LinkAttribute.address, bytes: mac.bytes)
      if let mtu { writer.attribute(LinkAttribute.mtu, mtu) }
      writer.nested(LinkAttribute.info) { info in
        info.attribute(LinkAttribute.kind, "bridge")
        info.nested(LinkAttribute.data) { data in
          data.attribute(LinkAttribute.bridgeSTP, UInt32(0))
          data.attribute(LinkAttribute.bridgeForwardDelay, UInt32(0))
        }
      }
    }
  }

  /// A veth pair: this end a port of the bridge with the index `master`, the far end in another network namespace with the hardware address
  /// `peerMAC` and the name `peerName`, which nothing there may have.
  ///
  /// The port is a hairpin, for a container that asks for its own published port: with br_netfilter the bridge itself sees the rewritten
  /// destination and would not send the packet back where it came from.
  public mutating func addVeth(
    name: String, master: Int32, peer: NamespaceReference, peerName: String, peerMAC: MACAddress, mtu: UInt32? = nil,
    isIsolated: Bool? = nil
  ) {
    message("add veth " + name, type: RouteMessage.newLink, flags: HeaderFlags.create | HeaderFlags.exclusive) { writer in
      writer.linkHeader()
      writer.attribute(LinkAttribute.name, name)
      writer.attribute(LinkAttribute.master, master)
      if let mtu { writer.attribute(LinkAttribute.mtu, mtu) }
      writer.nested(LinkAttribute.info) { info in
        info.attribute(LinkAttribute.kind, "veth")
        info.nested(LinkAttribute.data) { data in
          data.attribute(LinkAttribute.vethPeer) { far in
            far.linkHeader()
            far.attribute(LinkAttribute.name, peerName)
            far.attribute(LinkAttribute.address, bytes: peerMAC.bytes)
            if let mtu { far.attribute(LinkAttribute.mtu, mtu) }
            far.namespace(peer)
          }
        }
      }
    }
    setLink(named: name, LinkChange(isUp: true, hasNoIPv6Addresses: true, isHairpin: true, isIsolated: isIsolated))
  }

  /// A veth pair with both ends here, each of which takes the other's hardware address for its own.
  public mutating func addLoop(name: String, other: String, mac: MACAddress, mtu: UInt32) {
    message("add veth " + name, type: RouteMessage.newLink, flags: HeaderFlags.create | HeaderFlags.exclusive) { writer in
      func end(_ name: String, _ writer: inout MessageWriter) {
        writer.linkHeader()
        writer.attribute(LinkAttribute.name, name)
        writer.attribute(LinkAttribute.address, bytes: mac.bytes)
        writer.attribute(LinkAttribute.mtu, mtu)
      }
      end(name, &writer)
      writer.nested(LinkAttribute.info) { info in
        info.attribute(LinkAttribute.kind, "veth")
        info.nested(LinkAttribute.data) { data in data.nested(LinkAttribute.vethPeer) { end(other, &$0) } }
      }
    }
  }

  /// Changes the link with that name. A link that changes its name must be given by index.
  public mutating func setLink(named name: String, _ change: LinkChange) {
    set("set link " + name, index: 0, oldName: name, change)
  }

  /// Changes the link with that index.
  public mutating func setLink(_ index: Int32, _ change: LinkChange) {
    set("set link " + String(index), index: index, oldName: nil, change)
  }

  private mutating func set(_ operation: String, index: Int32, oldName: String?, _ change: LinkChange) {
    message(operation, type: RouteMessage.newLink) { writer in
      writer.linkHeader(index: index, isUp: change.isUp, asksNoNeighbours: change.asksNoNeighbours)
      if let name = oldName ?? change.name { writer.attribute(LinkAttribute.name, name) }
      if let mtu = change.mtu { writer.attribute(LinkAttribute.mtu, mtu) }
      if let master = change.master { writer.attribute(LinkAttribute.master, master) }
      if change.isHairpin != nil || change.isIsolated != nil {
        writer.nested(LinkAttribute.info) { info in
          info.attribute(LinkAttribute.portKind, "bridge")
          info.nested(LinkAttribute.portData) { port in
            if let isHairpin = change.isHairpin { port.attribute(LinkAttribute.bridgePortHairpin, UInt8(isHairpin ? 1 : 0)) }
            if let isIsolated = change.isIsolated { port.attribute(LinkAttribute.bridgePortIsolated, UInt8(isIsolated ? 1 : 0)) }
          }
        }
      }
      if change.hasNoIPv6Addresses {
        writer.nested(LinkAttribute.familySpecific) { families in
          families.nested(UInt16(AF_INET6)) { $0.attribute(LinkAttribute.addressGeneration, UInt8(1)) }
        }
      }
    }
  }

  public mutating func deleteLink(_ index: Int32) {
    message("delete link " + String(index), type: RouteMessage.deleteLink) { $0.linkHeader(index: index) }
  }

  public mutating func deleteLink(named name: String) {
    message("delete link " + name, type: RouteMessage.deleteLink) {
      $0.linkHeader()
      $0.attribute(LinkAttribute.name, name)
    }
  }
}
