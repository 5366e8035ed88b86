import ArgumentParser

/// `muster job …`.
struct JobCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Look at the stack's jobs, and run them by hand.",
    subcommands: [JobLs.self, JobRunCommand.self, JobHistory.self, JobLogs.self])
}
