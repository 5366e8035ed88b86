import ArgumentParser
import Backend
import EngineClient

/// `muster volume snapshot`.
struct VolumeSnapshotCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Make a volume that holds what another one does.",
    discussion: """
      Where the file system can share blocks (btrfs, XFS) it takes no time and no room. The containers that have the volume stand still meanwhile.
      Example: muster volume snapshot shop_data shop_data-before
      """)
  @Flag(inversion: .prefixedNo, help: "Containers that have the volume stand still meanwhile.") var pause = true
  @Argument(help: "The volume.") var volume: String
  @Argument(help: "The new volume (default: the old one's name with the time).") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    let made = try await context.engine().snapshotVolume(named: volume, VolumeSnapshot(name: name, pauses: pause))
    context.output.write(made.Name + "\n")
    return 0
  }
}
