import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel
import Terminal

/// What `stats` takes, of containers or of services.
struct StatisticsOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Those that do not run too.") var all = false
  @Option(help: "table, json, or a template: {{.Name}}: {{.CPUPerc}}") var format = "table"
  @Flag(help: "Once, instead of again and again.") var noStream = false
  @Flag(help: "Nothing is cut short.") var noTrunc = false

  /// Shows what containers use: until it is interrupted, or once. `find` is asked anew each time.
  func show(_ context: Context, _ find: () async throws -> [ObservedContainer]) async throws -> Int32 {
    let format = try rowFormat(format)
    let engine = try await context.engine()
    var before = try await samples(try await find(), engine)
    while true {
      try await Task.sleep(for: noStream ? .milliseconds(500) : .seconds(1))
      let now = try await samples(try await find(), engine)
      let rows = now.map { sample in
        StatisticsRow(before.first { $0.id == sample.id }, sample, isTruncated: !noTrunc)
      }
      let isRedrawn = !noStream && context.output.isTerminal
      if isRedrawn { context.output.write("\u{1B}[H\u{1B}[J") }
      try context.write(rows, as: format, headings: StatisticsRow.headings) { StatisticsRow.table(rows) }
      if noStream { return 0 }
      before = now
    }
  }

  /// One that goes meanwhile is left out.
  private func samples(_ containers: [ObservedContainer], _ engine: EngineClient) async throws -> [ContainerStatistics] {
    var found: [ContainerStatistics] = []
    for container in containers where all || container.state == .running || container.state == .paused {
      do {
        found.append(try await engine.statistics(of: container.id.rawValue))
      } catch let error as EngineError where error.code == .notFound { continue }
    }
    return found
  }
}
