import ArgumentParser

/// `muster container …`: single containers, of whatever stack.
struct ContainerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "container", abstract: "Manage containers.",
    subcommands: [
      ContainerAttach.self, ContainerCommit.self, ContainerCp.self, ContainerCreateCommand.self, ContainerDiff.self, ContainerExec.self,
      ContainerExport.self,
      ContainerInspect.self, ContainerKill.self, ContainerLogs.self, ContainerLs.self, ContainerPause.self, ContainerPort.self,
      ContainerPrune.self, ContainerRename.self,
      ContainerRestart.self, ContainerRm.self, ContainerRun.self, ContainerStart.self, ContainerStats.self, ContainerStop.self,
      ContainerTop.self,
      ContainerUnpause.self, ContainerUpdateCommand.self, ContainerWait.self,
    ])
}
