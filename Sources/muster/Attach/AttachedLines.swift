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
    for try await line in try await engine.logs(request) { show(line) }
  }

  /// Shows what `follow` has not come to yet.
  func drain() async throws {
    guard !request.services.isEmpty else { return }
    let seen = last.withLock { $0 }
    for try await line in try await engine.logs(request) where line.at > seen[line.container] ?? .min { show(line) }
    printer.finish()
  }

  private func show(_ line: LogLine) {
    let isNew = last.withLock { last in
      // `drain` and `follow` may meet; parts of a long line have one time.
      guard line.at >= last[line.container] ?? .min else { return false }
      last[line.container] = line.at
      return true
    }
    if isNew { printer.show(line) }
  }
}
