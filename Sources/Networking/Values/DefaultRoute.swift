/// Where everything goes that has no route of its own.
public enum DefaultRoute: Sendable, Equatable {
  /// To an address.
  case gateway(String)
  /// Out by an interface of the container, whatever is there.
  case interface(String)

  /// By the interface when there is no gateway.
  init(gateway: String, interface: String) { self = gateway.isEmpty ? .interface(interface) : .gateway(gateway) }

  public var gateway: String? { if case .gateway(let address) = self { address } else { nil } }

  public var interface: String? { if case .interface(let name) = self { name } else { nil } }
}
