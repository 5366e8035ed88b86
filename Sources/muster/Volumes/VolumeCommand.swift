import ArgumentParser

/// `muster volume …`.
struct VolumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "volume", abstract: "Manage volumes.",
    subcommands: [
      VolumeCreate.self, VolumeInspect.self, VolumeLs.self, VolumePrune.self, VolumeRm.self, VolumeExport.self, VolumeImport.self,
      VolumeSnapshotCommand.self,
    ])
}
