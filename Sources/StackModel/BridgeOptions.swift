/// `networks.x.driver_opts`, those of Docker's bridge driver that exist here; nil stands for "not said".
public struct BridgeOptions: Sendable, Codable, Equatable {
  /// `com.docker.network.driver.mtu`: the longest packet, in bytes.
  public var mtu: UInt32?
  /// `com.docker.network.bridge.name`: the bridge's interface on the host.
  public var name: String?
  /// `com.docker.network.bridge.enable_icc: false`: containers of the network do not reach each other.
  public var separatesContainers: Bool?
  /// `com.docker.network.bridge.enable_ip_masquerade: false`: containers speak outwards with their own addresses.
  public var keepsAddresses: Bool?
  /// `com.docker.network.bridge.host_binding_ipv4`: where ports without an address of their own are published.
  public var hostAddress: String?
  /// `com.docker.network.container_iface_prefix`: `eth` unless said otherwise.
  public var interfacePrefix: String?
  public init() {}
}
