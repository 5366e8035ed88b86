/// A device asked for by what it can do: `gpus`, `deploy.resources.reservations.devices`.
public struct DeviceRequest: Sendable, Codable, Equatable {
  public enum Amount: Sendable, Codable, Equatable {
    case all
    case count(Int)
    /// Certain ones, by the driver's names for them.
    case named([String])
  }
  /// As `gpu`, `nvidia`, `compute`.
  public var capabilities: [String]
  public var driver: String?
  public var amount: Amount
  public var options: [String: String]
  public init(capabilities: [String], driver: String? = nil, amount: Amount = .all, options: [String: String] = [:]) {
    self.capabilities = capabilities
    self.driver = driver
    self.amount = amount
    self.options = options
  }
}
