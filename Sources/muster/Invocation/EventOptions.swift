import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import StackModel
import Terminal

/// What `events` and `system events` take: Docker's flags.
struct EventOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("\(EventRequest.keys.joined(separator: "=, "))=.", valueName: "filter")) var filter: [String] = []
  @Option(help: "json, or a template: {{.Action}} {{.Actor.Attributes.name}}") var format = ""
  @Option(help: "First those since a time (2026-01-02T13:23:37Z), seconds since 1970, or an age (10m), as far as they are known.")
  var since: String?
  @Option(help: "Until a time or an age; one that is past ends at once.") var until: String?

  /// What is asked of the engine; `types`: what kinds of things it is about, unless a filter says it.
  func request(_ project: ProjectName?, types: [String]) throws -> EventRequest {
    func time(_ text: String, _ option: String) throws -> Int64 {
      guard let time = pastTime(text) else {
        throw Exit(1, "\(option) \(visible(text)): write a time (2026-01-02T13:23:37Z), seconds since 1970, or an age (42m, 1h30m)")
      }
      return time
    }
    var request = EventRequest(
      project: project, since: try since.map { try time($0, "--since") }, until: try until.map { try time($0, "--until") })
    try request.filter(by: filter)
    if request.filters["type"] == nil {
      // Who asks for a network by its name means what happens to networks.
      let named = ["image", "network", "volume"].filter { request.filters[$0] != nil && !types.contains($0) }
      try request.filter(by: ["type": types + named])
    }
    // As Docker: with an end alone, all that is known is meant.
    if request.until != nil, request.since == nil { request.since = 0 }
    return request
  }

  func eventFormat() throws -> EventFormat {
    do { return try EventFormat(format) } catch { throw Exit(1, visible(error.description)) }
  }
}

extension Context {
  /// Writes events as they come, to the end that was asked for.
  func write(_ events: EventRequest, as format: EventFormat) async throws -> Int32 {
    do {
      for try await event in try await engine().events(events) {
        guard let message = event.message else { continue }
        output.write(printable(try format.line(message)) + "\n")
      }
    } catch let error as GoTemplateError { throw Exit(1, visible(error.description)) }
    return 0
  }
}
