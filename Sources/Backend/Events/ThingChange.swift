/// Something that has happened to an image, a network or a volume, in Docker's words.
public struct ThingChange: Sendable, Codable, Equatable {
  public enum Thing: String, Sendable, Codable { case image, network, volume }
  public var thing: Thing
  /// `tag`, `connect`, `mount`.
  public var action: String
  /// An image's digest, a network's id, a volume's name.
  public var id: String
  public var name: String
  /// An image's.
  public var labels: [String: String]?
  /// What the action says more: `container`.
  public var details: [String: String]
  public init(
    _ thing: Thing, _ action: String, id: String, name: String, labels: [String: String]? = nil, details: [String: String] = [:]
  ) {
    self.thing = thing
    self.action = action
    self.id = id
    self.name = name
    self.labels = labels
    self.details = details
  }
}
