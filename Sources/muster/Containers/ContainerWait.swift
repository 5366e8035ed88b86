import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel

/// `muster container wait`.
struct ContainerWait: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until containers end, and print their exit codes.",
    discussion: "Example: muster container wait job")
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var status: Int32 = 0
    for name in containers {
      do {
        context.output.write("\(try await end(of: name, engine))\n")
      } catch let error as EngineError {
        context.output.error(text(of: error))
        status = 1
      }
    }
    return status
  }

  private func end(of name: String, _ engine: EngineClient) async throws -> Int32 {
    // Listened to before looking: nothing is missed in between.
    let events = try await engine.events(EventRequest())
    let found = try await engine.container(name)
    // One that has not run yet is waited for too.
    if [.exited, .dead].contains(found.state) { return found.exitCode ?? 0 }
    for try await event in events {
      guard case .container(let change) = event.kind, change.id == found.id else { continue }
      switch change.what {
      case .exited(let code, _): return code
      case .removed: return found.exitCode ?? 0
      default: continue
      }
    }
    throw EngineError(.unavailable, "the engine went away before \(name) ended")
  }
}
