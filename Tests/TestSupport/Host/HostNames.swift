/// How the things are named that one engine makes on its host, so that those of others are not taken for its own.
public struct HostNames: Sendable, Equatable {
  /// Bridges and the host's ends of veths begin with one of these.
  public var links: [String]
  /// The nft table, without its family.
  public var table: String
  /// The cgroup above its containers', the last part of the path.
  public var cgroup: String
  /// Units of systemd, which are cgroups too.
  public var scopes: [String]

  public init(links: [String], table: String, cgroup: String, scopes: [String] = []) {
    self.links = links
    self.table = table
    self.cgroup = cgroup
    self.scopes = scopes
  }
}
