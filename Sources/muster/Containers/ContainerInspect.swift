import ArgumentParser
import Backend
import EngineClient
import EngineWire

/// `muster container inspect`.
struct ContainerInspect: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is known of containers.",
    discussion: "Example: muster container inspect -f '{{.State.Status}}' shop-web-1")
  @Option(name: .shortAndLong, help: "json, or a template: {{.State.Pid}}") var format: String?
  @Flag(name: .shortAndLong, help: "Not supported: see container ls --size.") var size = false
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 {
    if size { throw Exit(1, "--size is not supported\n  hint: muster container ls --all --size") }
    let engine = try await context.engine()
    var found: [ContainerObject] = []
    var status: Int32 = 0
    var errors: [String] = []
    for name in containers {
      do {
        found.append(ContainerObject(try await engine.container(name)))
      } catch let error as EngineError {
        errors.append(text(of: error))
        status = 1
      }
    }
    try context.write(inspected: found, format: format)
    for line in errors { context.output.error(line) }
    return status
  }
}
