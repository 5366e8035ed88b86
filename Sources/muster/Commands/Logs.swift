import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackModel
import Terminal

/// `muster logs`.
struct Logs: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "logs", abstract: "Show what containers wrote.").ofSubcommand
  @Flag(help: "Show the labels, variables and tag that the logs were told to keep.") var details = false
  @Flag(name: .shortAndLong, help: "Go on as they write.") var follow = false
  @Option(name: [.customShort("n"), .long], help: ArgumentHelp("The last lines of each container: a number or all.", valueName: "lines"))
  var tail = "all"
  @Option(help: "Since a time (2026-01-02T13:23:37Z) or an age (42m).") var since: String?
  @Option(help: "Only of this container of the service.") var index: Int?
  @Option(help: "Until a time or an age.") var until: String?
  @Flag(name: .shortAndLong, help: "Show the time of each line.") var timestamps = false
  @Flag(help: "No colours.") var noColor = false
  @Flag(help: "No container names before lines.") var noLogPrefix = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    var request = LogRequest(project: try context.project(), services: services.map { ServiceName($0) }, follows: follow)
    try request.limit(tail: tail, since: since, until: until)
    if details { request.hasDetails = true }
    let engine = try await context.engine()
    var known = try await engine.observe(request.project).containers.filter {
      request.services.isEmpty || request.services.contains($0.spec.service)
    }
    if let index {
      guard services.count == 1 else { throw Exit(1, "--index needs one service") }
      known = known.filter { $0.spec.number == index && !$0.spec.isOneOff }
      guard let container = known.first else { throw Exit(1, "service \"\(visible(services[0]))\" has no container with index \(index)") }
      request.container = container.spec.name
    }
    let output = context.output
    var options = LogPrinter.Options()
    options.hasPrefix = !noLogPrefix
    options.hasTimestamps = timestamps
    options.hasDetails = details
    let printer = LogPrinter(
      project: request.project, containers: known.map(\.spec.name), style: context.style(noColour: noColor), options: options,
      isTerminal: output.isTerminal, output: { output.relay($0, isError: false) }, errors: { output.relay($0, isError: true) })
    for try await block in try await engine.logs(request) { printer.show(block) }
    printer.finish()
    return 0
  }
}

extension LogRequest {
  /// As the flags say.
  mutating func limit(tail: String, since: String?, until: String?) throws {
    func time(_ text: String, _ option: String) throws -> Int64 {
      guard let time = pastTime(text) else {
        throw Exit(1, "\(option) \(text): write a time (2026-01-02T13:23:37Z) or an age (42m, 1h30m)")
      }
      return time
    }
    if tail != "all" {
      guard let count = Int(tail), count >= 0 else { throw Exit(1, "--tail \(tail): a number or all") }
      self.tail = count
    }
    self.since = try since.map { try time($0, "--since") }
    self.until = try until.map { try time($0, "--until") }
  }
}

/// Nanoseconds of `1h30m`, `42m`, `10s`, `500ms` (Go's durations, without fractions); nil: none.
func age(_ text: String) -> Int64? {
  let units: [String: Int64] = ["h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1]
  var rest = Substring(text)
  guard !rest.isEmpty else { return nil }
  var total: Int64 = 0
  while !rest.isEmpty {
    let digits = rest.prefix(while: \.isASCIIDigit)
    rest = rest.dropFirst(digits.count)
    let unit = rest.prefix { !$0.isASCIIDigit }
    rest = rest.dropFirst(unit.count)
    guard let number = Int64(digits), let scale = units[String(unit)] else { return nil }
    let (product, tooLarge) = number.multipliedReportingOverflow(by: scale)
    let (sum, isOver) = total.addingReportingOverflow(product)
    guard !tooLarge, !isOver else { return nil }
    total = sum
  }
  return total
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
