/// A network of the driver `macvlan`: its containers are on the network of one of the host's interfaces, each with a hardware address of its own.
public struct MacvlanOptions: Sendable, Codable, Equatable {
  /// What they are to each other.
  public enum Mode: String, Sendable, Codable, CaseIterable {
    /// They reach each other and the network.
    case bridge
    /// They reach the network only.
    case `private`
    /// They reach each other by a switch outside that sends back.
    case vepa
    /// One container has the interface alone.
    case passthru
  }
  /// `parent`: the host's interface; nil: one that leads nowhere.
  public var parent: String?
  /// `macvlan_mode`; nil: `bridge`.
  public var mode: Mode?
  public init(parent: String? = nil, mode: Mode? = nil) {
    self.parent = parent
    self.mode = mode
  }

  public var effectiveMode: Mode { mode ?? .bridge }

  /// Reads `driver_opts`.
  public init(_ options: [String: String]) throws(DriverOptionMistake) {
    self.init()
    for (key, text) in options.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "parent": parent = try Self.parent(text)
      case "macvlan_mode" where text.isEmpty: break
      case "macvlan_mode":
        mode = Mode(rawValue: text)
        if mode == nil { throw DriverOptionMistake(option: key, text: "is not a mode", hint: "write bridge, private, vepa or passthru") }
      default:
        throw DriverOptionMistake(option: key, text: "is not an option of macvlan", hint: "known are parent and macvlan_mode")
      }
    }
  }

  /// An interface's name; the loopback interface is nobody's parent.
  static func parent(_ text: String) throws(DriverOptionMistake) -> String? {
    if text.isEmpty { return nil }
    guard BridgeOptions.isLinkName(text), text != "lo" else {
      throw DriverOptionMistake(
        option: "parent", text: text == "lo" ? "cannot be a parent" : "is not an interface's name",
        hint: "write an interface of the host as eth0, or its VLAN as eth0.50")
    }
    return text
  }

  /// As they were given.
  public var texts: [String: String] {
    var texts: [String: String] = [:]
    texts["parent"] = parent
    texts["macvlan_mode"] = mode?.rawValue
    return texts
  }

  /// With what holds where nothing was given.
  public var effectiveTexts: [String: String] { texts.merging(["macvlan_mode": effectiveMode.rawValue]) { $1 } }
}
