import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Terminal

/// `muster system info`, and `muster info`.
struct SystemInfo: StackCommand {
  static let configuration = CommandConfiguration(commandName: "info", abstract: "Show what the engine and its machine are.")
  @Option(name: .shortAndLong, help: "json, or a template: {{.ServerVersion}}") var format: String?

  func perform(_ context: Context) async throws -> Int32 {
    let information = try await context.engine().information()
    if let format {
      if format == "json" {
        context.output.write(try jsonText(information) + "\n")
      } else {
        try context.write(inspected: [information], format: format)
      }
    } else {
      let lines = informationText(information).split(separator: "\n", omittingEmptySubsequences: false)
      context.output.write(lines.map { visible(String($0)) }.joined(separator: "\n"))
      for warning in information.Warnings { context.output.error(visible(warning)) }
    }
    return 0
  }
}
