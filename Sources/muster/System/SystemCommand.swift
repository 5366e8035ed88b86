import ArgumentParser

/// `muster system …`: the engine and its machine as a whole.
struct SystemCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "system", abstract: "What the engine is, and what it takes on the disk.",
    subcommands: [
      SystemDf.self,
      SystemEvents.self,
      SystemInfo.self,
      SystemPrune.self,
    ])
}
