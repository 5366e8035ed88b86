import ArgumentParser
import Backend
import EngineClient
import Glibc
import StackLoader
import StackModel

/// `muster __complete WORD...`: what the last word may become, a line each. What shells ask.
struct Complete: StackCommand {
  static let configuration = CommandConfiguration(commandName: "__complete", abstract: "Complete a command line.", shouldDisplay: false)
  @Argument(parsing: .captureForPassthrough) var words: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let prefix = words.last ?? ""
    // Options before the subcommand say which project is meant; a shell's half words are no reason to complain.
    guard let (options, given) = try? splitGlobals(Array(words.dropLast())) else { return 0 }
    let line = CompletedLine(given)
    var found: [String]
    if prefix.hasPrefix("-") {
      found = given.isEmpty ? CompletedLine.globalOptions : line.options
    } else if !line.subcommands.isEmpty {
      found = line.subcommands
    } else {
      let names = CompletedNames(context: try Context(options: options, output: context.output))
      found = await names.of(line.kind)
      // `cp`: a colon and a path follow.
      if line.kind == .serviceOrPath || line.kind == .containerOrPath { found = found.map { $0 + ":" } }
    }
    for word in Set(found).sorted() where word.hasPrefix(prefix) { context.output.write(word + "\n") }
    return 0
  }
}
