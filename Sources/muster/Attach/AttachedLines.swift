import Backend
import EngineClient
import StackModel
import Synchronization
import Terminal

/// The attached services' output: followed while they run, and read to its end when they have ended.
final class AttachedLines: Sendable {
  private let engine: EngineClient
  private let request: LogRequest
  private let printer: LogPrinter
  /// The time of each container's last line that was shown.
  private let last = Mutex<[String: Int64]>([:])

  init(engine: EngineClient, project: ProjectName, services: [ServiceName], since: Int64, printer: LogPrinter) {
    self.engine = engine
    request = LogRequest(project: project, services: services, since: since)
    self.printer = printer
  }

  /// Shows lines as they come, until cancelled.
  func follow() async throws {
    var request = request
    request.follows = true
    for try await block in try await engine.logs(request) { show(block) }
  }

  /// Shows what `follow` has not come to yet.
  func drain() async throws {
    guard !request.services.isEmpty else { return }
    let seen = last.withLock { $0 }
    for try await block in try await engine.logs(request) { show(block.filter { $0.at > seen[$0.container] ?? .min }) }
    printer.finish()
  }

  private func show(_ block: [LogLine]) {
    let new = last.withLock { last in
      block.filter { line in
        // `drain` and `follow` may meet; parts of a long line have one time.
        guard line.at >= last[line.container] ?? .min else { return false }
        last[line.container] = line.at
        return true
      }
    }
    printer.show(new)
  }
}
