import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import Reconciler
import StackModel
import Terminal

/// `muster image ls`.
struct ImageLs: StackCommand {
  static let configuration = CommandConfiguration(commandName: "ls", abstract: "List images.", aliases: ["list"])
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Option(help: "table or json.") var format: ListFormat = .table

  func perform(_ context: Context) async throws -> Int32 {
    let images = try await context.engine().images()
    if quiet {
      for image in images { context.output.write("\(image.id)\n") }
    } else {
      switch format {
      case .table: context.output.write(Table.images(images, now: now()).render())
      case .json: for image in images { context.output.write(try jsonText(image) + "\n") }
      }
    }
    return 0
  }
}
