import ArgumentParser
import StackModel
import Testing

@testable import muster

@Suite struct CompletionTests {
  @Test func linesAreUnderstood() {
    #expect(CompletedLine([]).subcommands.contains("container"))
    #expect(!CompletedLine([]).subcommands.contains("__complete"))
    #expect(CompletedLine(["container"]).subcommands.contains("rename"))
    let cp = CompletedLine(["cp"])
    #expect(cp.kind == .serviceOrPath && cp.subcommands.isEmpty)
    #expect(cp.options.contains("--follow-link") && cp.options.contains("--index") && cp.options.contains("--help"))
    #expect(CompletedLine(["container", "rm", "-f", "a"]).kind == .container)
    #expect(CompletedLine(["container", "ps"]).kind == .none)
    #expect(CompletedLine(["container", "run"]).kind == .image)
    #expect(CompletedLine(["volume", "rm"]).kind == .volume)
    #expect(CompletedLine(["manifest", "inspect"]).kind == .image)
    #expect(CompletedLine(["search"]).kind == .none && CompletedLine(["image", "search"]).kind == .none)
    #expect(CompletedLine(["search"]).options.contains("--no-trunc") && CompletedLine(["image"]).subcommands.contains("search"))
    #expect(CompletedLine(["secret", "inspect"]).kind == .secret)
    #expect(CompletedLine(["logs", "--tail", "5"]).kind == .service)
    #expect(CompletedLine(["job", "logs"]).kind == .job && CompletedLine(["job", "cancel"]).kind == .job)
    #expect(CompletedLine(["job", "ls"]).kind == .none)
  }

  /// Every option that a help page has is found in it, and nothing else.
  @Test func optionsComeFromHelp() {
    let help = """
      OPTIONS:
        -a, --all               Those that do not run too; see --latest.
        --format <format>       table
        --interactive/--no-interactive
                                Pass it on.
        -h, --help              Show help.
      """
    #expect(CompletedLine.options(in: help) == ["--all", "--format", "--interactive", "--no-interactive", "--help"])
  }

  /// Every command below `container`, `volume` and `job` has an example.
  @Test func containersCommandsHaveExamples() {
    let commands = [ContainerCommand.configuration, VolumeCommand.configuration, JobCommand.configuration].flatMap(\.subcommands)
    for command in commands {
      let name = command.configuration.commandName ?? ""
      guard !["commit", "diff", "export"].contains(name) else { continue }
      #expect(command.configuration.discussion.contains("Example: "), "\(command)")
    }
  }

  @Test func limits() throws {
    #expect(try byteCount("512m", "").bytes == 512 << 20)
    #expect(try byteCount("1.5GiB", "").bytes == 3 << 29)
    #expect(try byteCount("100", "").bytes == 100)
    #expect(throws: Exit.self) { try byteCount("x", "--memory") }
    #expect(try restartPolicy("on-failure:3") == .onFailure(maximum: 3))
    #expect(throws: Exit.self) { try restartPolicy("sometimes") }
  }
}
