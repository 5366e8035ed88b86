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
  static let configuration = CommandConfiguration(abstract: "List the images of the project's containers.")
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

/// `muster image …`: the engine's images.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Manage the engine's images.", subcommands: [ImageImport.self, ImageLs.self, ImageRm.self])
}

struct ImageImport: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import a saved image (docker save, OCI layout) or a root file system from a tar file.")
  @Argument(help: "The tar file.") var file: String
  @Argument(help: "Its name; none: the names in the archive.") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    let path = file.hasPrefix("/") ? file : currentDirectory() + "/" + file
    let image = try await context.engine().importImage(path: path, reference: name)
    context.output.write("\(image.id)\n")
    for reference in image.references { context.output.error("imported \(visible(reference))") }
    return 0
  }
}

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

struct ImageRm: StackCommand {
  static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove images.", aliases: ["remove"])
  @Flag(name: .shortAndLong, help: "Even if the image has several names.") var force = false
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    for name in names {
      for removed in try await engine.removeImage(name, force: force) { context.output.write("Removed: \(visible(removed))\n") }
    }
    return 0
  }
}
