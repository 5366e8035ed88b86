/// Message types of `rtnetlink(7)`.
enum RouteMessage {
  static let newLink: UInt16 = 16
  static let deleteLink: UInt16 = 17
  static let getLink: UInt16 = 18
  static let newAddress: UInt16 = 20
  static let deleteAddress: UInt16 = 21
  static let getAddress: UInt16 = 22
  static let newRoute: UInt16 = 24
  static let deleteRoute: UInt16 = 25
  static let getRoute: UInt16 = 26
}

/// Attributes of a link (`IFLA_*`).
enum LinkAttribute {
  static let address: UInt16 = 1
  static let name: UInt16 = 3
  static let mtu: UInt16 = 4
  static let link: UInt16 = 5
  static let master: UInt16 = 10
  static let info: UInt16 = 18
  static let namespacePID: UInt16 = 19
  static let familySpecific: UInt16 = 26
  static let namespaceFD: UInt16 = 28
  /// Within `info`.
  static let kind: UInt16 = 1
  static let data: UInt16 = 2
  static let portKind: UInt16 = 4
  static let portData: UInt16 = 5
  /// Within a veth's `data`.
  static let vethPeer: UInt16 = 1
  /// Within a macvlan's `data`.
  static let macvlanMode: UInt16 = 1
  /// Within an ipvlan's `data`.
  static let ipvlanMode: UInt16 = 1
  static let ipvlanFlags: UInt16 = 2
  /// Within a vlan's `data`.
  static let vlanID: UInt16 = 1
  /// Within a bridge's `data`.
  static let bridgeForwardDelay: UInt16 = 1
  static let bridgeSTP: UInt16 = 5
  /// Within a bridge port's `portData`.
  static let bridgePortHairpin: UInt16 = 4
  static let bridgePortIsolated: UInt16 = 33
  /// Within `familySpecific`, AF_INET6.
  static let addressGeneration: UInt16 = 8
}

/// Attributes of an address (`IFA_*`).
enum AddressAttribute {
  static let address: UInt16 = 1
  static let local: UInt16 = 2
  static let broadcast: UInt16 = 4
  static let flags: UInt16 = 8
  /// `IFA_F_NODAD`: usable at once.
  static let noDuplicateDetection: UInt32 = 2
}

/// Attributes of a route (`RTA_*`) and the numbers of its header.
enum RouteAttribute {
  static let destination: UInt16 = 1
  static let outgoing: UInt16 = 4
  static let gateway: UInt16 = 5
  static let table: UInt16 = 15
  static let mainTable: UInt8 = 254
  static let bootProtocol: UInt8 = 3
  static let unicast: UInt8 = 1
  /// `RT_SCOPE_LINK`: what is at the other end of the interface.
  static let linkScope: UInt8 = 253
}
