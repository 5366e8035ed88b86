import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import Reconciler
import StackModel
import Terminal

/// `muster image rm`.
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
