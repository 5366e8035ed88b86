/// Answer of `POST /networks/prune`, in Docker's words.
public struct PrunedNetworks: Sendable, Codable, Equatable {
  public var NetworksDeleted: [String]
  public init(NetworksDeleted: [String]) { self.NetworksDeleted = NetworksDeleted }
}
