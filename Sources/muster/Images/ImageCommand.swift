import ArgumentParser

/// `muster image …`: the engine's images.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Manage the engine's images.",
    subcommands: [
      ImageBuild.self,
      ImageHistory.self,
      ImageImport.self,
      ImageInspect.self,
      ImageLoad.self,
      ImageLs.self,
      ImagePrune.self,
      ImagePull.self,
      ImagePush.self,
      ImageRm.self,
      ImageSave.self,
      ImageSearch.self,
      ImageTag.self,
      ImageVerify.self,
    ])
}
