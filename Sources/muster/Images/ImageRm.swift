import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster image rm`.
struct ImageRm: StackCommand {
  static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove images.", aliases: ["remove"])
  @Flag(name: .shortAndLong, help: "Even if the image has several names or a stopped container stands on it.") var force = false
  @Flag(help: ArgumentHelp("There are no untagged parents here.", visibility: .hidden)) var noPrune = false
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var status: Int32 = 0
    for name in names {
      do {
        for line in try await engine.removeImage(name, force: force) { context.output.write(visible(line) + "\n") }
      } catch let error as EngineError where [.notFound, .conflict, .invalid].contains(error.code) {
        context.output.error(error.code == .notFound ? "Error: No such image: \(visible(name))" : text(of: error))
        // As Docker: what is to be gone by force and is not there is no failure.
        if !(force && error.code == .notFound) { status = 1 }
      }
    }
    return status
  }
}
