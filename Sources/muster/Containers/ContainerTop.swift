import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Terminal

/// `muster container top`.
struct ContainerTop: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "Show a container's processes, by the host's numbers.",
    discussion: "Options of ps say which columns.\nExample: muster container top shop-web-1 -o pid,comm")
  @Argument(help: "A name or an id.") var container: String
  @Argument(parsing: .captureForPassthrough, help: "Options of ps.") var options: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let found = try await context.engine().processes(of: container, withoutTerminator(options))
    context.output.write(Table(found.Titles, rows: found.Processes.map { $0.map { visible($0) } }).render())
    return 0
  }
}
