import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import EngineWire

/// `muster secret inspect`: everything but the value.
struct SecretInspect: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is known of secrets, without their values: versions, and which containers have which.")
  @Option(name: .shortAndLong, help: "json, or a template: {{.Spec.Name}}") var format: String?
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var found: [SecretObject] = []
    var status: Int32 = 0
    for name in names {
      do {
        found.append(SecretObject(try await engine.secret(name)))
      } catch let error as EngineError where error.code == .notFound {
        context.output.error(visible(error.message))
        status = 1
      }
    }
    try context.write(inspected: found, format: format)
    return status
  }
}
