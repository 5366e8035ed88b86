/// A network of the driver `ipvlan`: its containers are on the network of one of the host's interfaces, all with that interface's own hardware
/// address.
public struct IpvlanOptions: Sendable, Codable, Equatable {
  /// How packets find their way.
  public enum Mode: String, Sendable, Codable, CaseIterable {
    /// By hardware addresses, as on the parent's network.
    case l2
    /// By the host's routes.
    case l3
    /// By the host's routes and through its packet filter.
    case l3s
  }
  /// What containers are to each other.
  public enum Flag: String, Sendable, Codable, CaseIterable {
    /// They reach each other and the network.
    case bridge
    /// They reach the network only.
    case `private`
    /// They reach each other by a switch outside that sends back.
    case vepa
  }
  /// `parent`: the host's interface; nil: one that leads nowhere.
  public var parent: String?
  /// `ipvlan_mode`; nil: `l2`.
  public var mode: Mode?
  /// `ipvlan_flag`; nil: `bridge`.
  public var flag: Flag?
  public init(parent: String? = nil, mode: Mode? = nil, flag: Flag? = nil) {
    self.parent = parent
    self.mode = mode
    self.flag = flag
  }

  public var effectiveMode: Mode { mode ?? .l2 }
  public var effectiveFlag: Flag { flag ?? .bridge }

  /// Reads `driver_opts`.
  public init(_ options: [String: String]) throws(DriverOptionMistake) {
    self.init()
    for (key, text) in options.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "parent": parent = try MacvlanOptions.parent(text)
      case "ipvlan_mode" where text.isEmpty: break
      case "ipvlan_mode":
        mode = Mode(rawValue: text)
        if mode == nil { throw DriverOptionMistake(option: key, text: "is not a mode", hint: "write l2, l3 or l3s") }
      case "ipvlan_flag" where text.isEmpty: break
      case "ipvlan_flag":
        flag = Flag(rawValue: text)
        if flag == nil { throw DriverOptionMistake(option: key, text: "is not a flag", hint: "write bridge, private or vepa") }
      default:
        throw DriverOptionMistake(
          option: key, text: "is not an option of ipvlan", hint: "known are parent, ipvlan_mode and ipvlan_flag")
      }
    }
  }

  /// Why an interface gets no `mac_address`.
  public static func refusal(ofAddressOn network: NetworkName) -> String {
    "network \(network): every interface of an ipvlan network has its parent's hardware address; remove mac_address"
  }

  /// As they were given.
  public var texts: [String: String] {
    var texts: [String: String] = [:]
    texts["parent"] = parent
    texts["ipvlan_mode"] = mode?.rawValue
    texts["ipvlan_flag"] = flag?.rawValue
    return texts
  }

  /// With what holds where nothing was given.
  public var effectiveTexts: [String: String] {
    texts.merging(["ipvlan_mode": effectiveMode.rawValue, "ipvlan_flag": effectiveFlag.rawValue]) { $1 }
  }
}
