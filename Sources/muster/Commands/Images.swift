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
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "images", abstract: "List the images of the project's containers.")
    .ofSubcommand
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Option(help: "table, json, or a template: {{.Repository}}") var format = "table"
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let rowFormat = try rowFormat(format)
    let engine = try await context.engine()
    let containers = try await engine.observe(try context.project()).containers.filter {
      services.isEmpty || services.contains($0.spec.service.rawValue)
    }
    if quiet {
      for id in Set(containers.map { $0.imageID.hex }).sorted() { context.output.write(id + "\n") }
      return 0
    }
    let images = try await engine.images()
    let entries = containers.map { Entry($0, images) }
    if format == "json" {
      // Compose's one array.
      context.output.write(try jsonText(entries) + "\n")
    } else {
      try context.write(entries, as: rowFormat) { Table.images(of: containers, images, now: now()) }
    }
    return 0
  }

  /// As `docker compose images --format json` prints one.
  private struct Entry: Encodable {
    var ContainerName: String
    var ID: String
    var Repository: String
    var Size: Int64
    var Tag: String

    init(_ container: ObservedContainer, _ images: [ImageSummary]) {
      let (repository, tag) = Table.parts(of: container.spec.image)
      ContainerName = container.spec.name
      ID = container.imageID.description
      Repository = repository
      Size = images.first { $0.id == container.imageID }?.size ?? 0
      Tag = tag
    }
  }
}
