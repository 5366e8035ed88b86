import ArgumentParser

/// `muster job …`.
struct JobCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Look at the stack's jobs, run them by hand, and cancel runs.",
    subcommands: [JobLs.self, JobRunCommand.self, JobCancel.self, JobHistory.self, JobLogs.self])
}
