import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import Reconciler
import StackModel
import Terminal

/// `muster images`: those of the project's containers.
struct Images: StackCommand {
  static let configuration = CommandConfiguration(commandName: "images", abstract: "List the images of the project's containers.")
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    let containers = try await engine.observe(try context.project()).containers.filter {
      services.isEmpty || services.contains($0.spec.service.rawValue)
    }
    if quiet {
      for id in Set(containers.map { $0.imageID.description }).sorted() { context.output.write(id + "\n") }
    } else {
      context.output.write(Table.images(of: containers, try await engine.images(), now: now()).render())
    }
    return 0
  }
}
