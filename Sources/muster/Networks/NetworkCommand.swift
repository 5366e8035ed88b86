import ArgumentParser

/// `muster network …`: networks that no stack has to name.
struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "Manage networks.",
    discussion: "A stack's own networks come and go with it; those made here are for stacks that say 'external: true'.",
    subcommands: [
      NetworkConnect.self, NetworkCreate.self, NetworkDisconnect.self, NetworkInspect.self, NetworkLs.self, NetworkPrune.self,
      NetworkRm.self,
    ])
}
