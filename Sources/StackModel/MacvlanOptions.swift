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
  /// `parent`: the host's interface.
  public var parent: String
  /// `macvlan_mode`.
  public var mode: Mode
  public init(parent: String, mode: Mode = .bridge) {
    self.parent = parent
    self.mode = mode
  }

  /// Why a driver's options are not such options, and what to write.
  public struct Mistake: Error, Equatable, Sendable {
    /// The option; nil: one that is not there.
    public var option: String?
    public var text: String
    public var hint: String
  }

  /// Reads `driver_opts`.
  public init(_ options: [String: String]) throws(Mistake) {
    var (parent, mode) = (String?.none, Mode.bridge)
    for (key, text) in options.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "parent":
        guard BridgeOptions.isLinkName(text) else {
          throw Mistake(option: key, text: "is not an interface's name", hint: "write an interface of the host, as eth0")
        }
        parent = text
      case "macvlan_mode":
        guard let known = Mode(rawValue: text) else {
          throw Mistake(option: key, text: "is not a mode", hint: "write bridge, private, vepa or passthru")
        }
        mode = known
      default: throw Mistake(option: key, text: "is not an option of macvlan", hint: "known are parent and macvlan_mode")
      }
    }
    guard let parent else {
      throw Mistake(
        option: nil, text: "a macvlan network has no parent", hint: "add the driver option parent, an interface of the host as eth0")
    }
    self.init(parent: parent, mode: mode)
  }

  /// As Docker writes them.
  public var texts: [String: String] { ["parent": parent, "macvlan_mode": mode.rawValue] }
}
