/// What a backend says of the machine as a whole, and of what it takes there.
public protocol MachineKeeper: Sendable {
  func information() async throws -> SystemInformation
  func diskUsage() async throws -> DiskUsage
  /// Removes stopped containers, unused networks, images and what builds have kept; `volumes`: and the unnamed volumes that nothing uses.
  func pruneSystem(_ request: PruneRequest, volumes: Bool) async throws -> PruneReport
}
