import ArgumentParser

/// `muster container …`: single containers, of whatever stack.
struct ContainerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "container", abstract: "Manage containers.",
    subcommands: [
      ContainerCommit.self,
      ContainerDiff.self,
      ContainerExport.self,
    ])
}
