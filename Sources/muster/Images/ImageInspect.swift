import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import EngineWire

/// `muster image inspect`.
struct ImageInspect: StackCommand {
  static let configuration = CommandConfiguration(commandName: "inspect", abstract: "Show what is known of images.")
  @Option(name: .shortAndLong, help: "json, or a template: {{.Id}}") var format: String?
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var found: [ImageObject] = []
    var missing: [String] = []
    for name in names {
      do {
        found.append(ImageObject(try await engine.image(name)))
      } catch let error as EngineError where error.code == .notFound {
        missing.append("Error: No such image: \(visible(name))")
      }
    }
    try context.write(inspected: found, format: format)
    for line in missing { context.output.error(line) }
    return missing.isEmpty ? 0 : 1
  }
}
