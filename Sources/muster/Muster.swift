import ArgumentParser
import Backend

/// The command. Compose's global options stand before the subcommand and are taken off first: some of their letters mean other things after it.
struct Muster: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "muster",
    abstract: "Brings whole stacks of containers up from one Compose file, and keeps them that way.",
    usage: "muster [<global options>] <subcommand> [<options>]",
    discussion: """
      Global options, before the subcommand:
        -f, --file <file>              Stack file; several are merged in order ('-': standard input).
        -p, --project-name <name>      Name of the project.
            --project-directory <dir>  Where relative paths start (default: the first file's directory).
            --env-file <file>          Variables for interpolation (default: .env).
            --profile <name>           Activate a profile ('*': all).
            --parallel <number>        Steps that are done at the same time; -1: without limit.
            --dry-run                  Only print what would be done, as a plan.
            --all-resources            Make networks and volumes that no service uses, too.
            --strict                   Refuse what has no effect here instead of warning about it.
            --progress <mode>          auto, tty, plain, json or quiet.
            --ansi <when>              Colours and redrawing: never, always or auto.
      """,
    version: "Muster version \(MusterVersion.version)",
    subcommands: [
      Up.self, Down.self, Ps.self, Logs.self, Exec.self, Run.self, Start.self, Stop.self, Restart.self, Kill.self, Rm.self, Create.self,
      Build.self, Pull.self, Push.self, Login.self, Logout.self, Config.self, Check.self, PlanCommand.self, Images.self, ImageCommand.self,
      ManifestCommand.self, Search.self,
      SecretCommand.self, Port.self, Ls.self,
      NetworkCommand.self,
      Commit.self, Cp.self, Pause.self, Unpause.self, Top.self, StatsCommand.self, AttachCommand.self, Scale.self, VolumesCommand.self,
      VolumeCommand.self, Completion.self, Complete.self, Man.self,
      Export.self,
      ContainerCommand.self,
      JobCommand.self,
      SystemCommand.self,
      SystemInfo.self,
      EventsCommand.self,
      HistoryCommand.self,
      Rollback.self,
      Update.self,
      Wait.self,
      Watch.self,
      Inspect.self,
      Version.self,
    ])
}

/// A subcommand: parsed by its declaration, carried out in a context.
protocol StackCommand: ParsableCommand {
  /// Whether it may be called with `--dry-run`: it changes nothing, or nothing but by a plan.
  static var canBeTried: Bool { get }
  /// The exit status.
  func perform(_ context: Context) async throws -> Int32
}

extension StackCommand {
  static var canBeTried: Bool { false }
}
