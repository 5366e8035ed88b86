import ArgumentParser
import Backend
import EngineClient

/// `muster container rm`.
struct ContainerRm: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove containers.", discussion: "Example: muster container rm -fv shop-web-1", aliases: ["remove"])
  @Flag(name: .shortAndLong, help: "Those that run too, and no error for what is not there.") var force = false
  @Flag(name: .shortAndLong, help: "Not supported: links are undone in the stack file.") var link = false
  @Flag(name: .shortAndLong, help: "Their anonymous volumes too.") var volumes = false
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 {
    if link { throw Exit(1, "--link is not supported\n  hint: links are a part of the container: make it anew without") }
    let engine = try await context.engine()
    var status: Int32 = 0
    for name in containers {
      do {
        _ = try await engine.act(on: name, .remove(force: force, volumes: volumes))
        context.output.write(name + "\n")
      } catch let error as EngineError {
        context.output.error(text(of: error))
        if !force || error.code != .notFound { status = 1 }
      }
    }
    return status
  }
}
