import ArgumentParser
import Reconciler
import StackModel
import Testing

@testable import muster

@Suite struct CommandLineTests {
  @Test func `global options stand before the subcommand, whose own letters are left alone`() throws {
    let (options, rest) = try splitGlobals([
      "-f", "a.yaml", "-fb.yaml", "--file=c.yaml", "-p", "shop", "--profile", "x", "logs", "-f", "-n", "5", "web",
    ])
    #expect(options.files == ["a.yaml", "b.yaml", "c.yaml"])
    #expect(options.projectName == "shop")
    #expect(options.profiles == ["x"])
    #expect(rest == ["logs", "-f", "-n", "5", "web"])
    let logs = try #require(try Muster.parseAsRoot(rest) as? Logs)
    #expect(logs.follow)
    #expect(logs.tail == "5")
    #expect(logs.services == ["web"])
  }

  @Test func noOptionAtAllIsWhatParsingNothingGives() throws {
    func values(_ options: StackOptions) -> String {
      "\(options.files) \(options.projectName ?? "-") \(options.projectDirectory ?? "-") \(options.envFiles) \(options.profiles)"
        + " \(options.progress as Any?) \(options.ansi as Any?) \(options.strict) \(options.dryRun) \(options.version) \(options.parallel ?? 0) \(options.allResources)"
    }
    #expect(try values(.none) == values(StackOptions.parse([])))
    // One more option, and this test and `none` need it.
    #expect(Mirror(reflecting: StackOptions()).children.count == 12)
  }

  /// A name that is not said is made from the type's name, which costs a search through all conformances, for each command.
  @Test func everyCommandSaysItsName() {
    func unnamed(_ command: any ParsableCommand.Type) -> [String] {
      (command.configuration.commandName == nil ? ["\(command)"] : []) + command.configuration.subcommands.flatMap(unnamed)
    }
    #expect(unnamed(Muster.self) == [])
  }

  @Test func `standard input as a stack file is no subcommand`() throws {
    let (options, rest) = try splitGlobals(["-f", "-", "up", "-d"])
    #expect(options.files == ["-"])
    #expect(rest == ["up", "-d"])
  }

  @Test(arguments: [["--bogus", "x", "up"], ["--ansi", "perhaps", "up"], ["--progress", "fancy", "up"]])
  func `global options that are none are refused`(arguments: [String]) {
    #expect(throws: Exit.self) { try splitGlobals(arguments) }
  }

  @Test func `a time to stop may be without limit`() throws {
    #expect(try (Muster.parseAsRoot(["stop", "-t", "-1", "web"]) as? Stop)?.timeout == -1)
    #expect(try (Muster.parseAsRoot(["down", "--timeout", "-1"]) as? Down)?.timeout == -1)
  }

  @Test func `what stands after exec's service is the command's`() throws {
    let exec = try #require(
      try Muster.parseAsRoot(["exec", "-T", "-e", "A=1", "-u", "33", "web", "ls", "-d", "-T", "--user", "x"]) as? Exec)
    #expect(exec.noTTY)
    #expect(exec.env == ["A=1"])
    #expect(exec.user == "33")
    #expect(!exec.detach)
    #expect(exec.service == "web")
    #expect(withoutTerminator(exec.command) == ["ls", "-d", "-T", "--user", "x"])
  }

  @Test func `what stands after run's service is the command's`() throws {
    let run = try #require(try Muster.parseAsRoot(["run", "--rm", "-p", "80:80", "web", "sh", "-c", "exit 3"]) as? Run)
    #expect(run.rm)
    #expect(run.publish == ["80:80"])
    #expect(withoutTerminator(run.command) == ["sh", "-c", "exit 3"])
  }

  @Test func `up's flags become the operation's options`() throws {
    let up = try #require(
      try Muster.parseAsRoot(["up", "-d", "--scale", "web=3", "--force-recreate", "--build", "-V", "db", "web"]) as? Up)
    let options = try up.common.options(up.services)
    #expect(up.detach && up.renewAnonVolumes)
    #expect(options.scale == ["web": 3])
    #expect(options.forceRecreate)
    #expect(options.build == .always)
    #expect(options.services == ["db", "web"])
  }

  @Test(arguments: [
    ["up", "--build", "--no-build"], ["up", "--force-recreate", "--no-recreate"], ["up", "--pull", "sometimes"],
    ["up", "-d", "--abort-on-container-exit"],
    ["up", "--wait-timeout", "3"], ["up", "--detatch"], ["logs", "--index", "first"], ["exec", "web"], ["image", "import"],
  ])
  func `what contradicts itself or is unknown is refused`(arguments: [String]) {
    #expect(throws: (any Error).self) { try Muster.parseAsRoot(arguments) }
  }

  @Test(arguments: [["search"], ["image", "search"]]) func `search is Docker's, at both places`(command: [String]) throws {
    func arguments(_ command: any ParsableCommand) -> SearchArguments? {
      (command as? Search)?.arguments ?? (command as? ImageSearch)?.arguments
    }
    let search = try #require(
      arguments(Muster.parseAsRoot(command + ["-f", "stars=3", "--filter=is-official=true", "--limit", "5", "--no-trunc", "h:5000/web"])))
    #expect(search.filter == ["stars=3", "is-official=true"] && search.limit == 5 && search.noTrunc && search.term == "h:5000/web")
    #expect(try arguments(Muster.parseAsRoot(command + ["web"]))?.limit == 25)
    #expect(throws: (any Error).self) { try Muster.parseAsRoot(command) }
    #expect(throws: (any Error).self) { try Muster.parseAsRoot(command + ["two", "words"]) }
  }

  @Test(arguments: ["web", "web=", "=3", "web=-1", "web=x"])
  func `a scale that is none is refused`(entry: String) throws {
    let up = try #require(try Muster.parseAsRoot(["up", "--scale", entry]) as? Up)
    #expect(throws: Exit.self) { try up.common.options([]) }
  }
}
