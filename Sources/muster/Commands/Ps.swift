import ArgumentParser
import EngineClient
import Reconciler
import StackLoader
import StackModel
import Terminal

/// `muster ps`.
struct Ps: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "ps", abstract: "List containers.").ofSubcommand
  @Flag(name: .shortAndLong, help: "Stopped ones too, and those of 'run'.") var all = false
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Flag(help: "Only the services' names.") var services = false
  @Option(help: "Only containers in this state: created, running, paused, restarting, exited, dead.") var status: [String] = []
  @Option(help: ArgumentHelp("status=STATE.", valueName: "property=value")) var filter: [String] = []
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"
  @Flag(help: "Do not cut long texts.") var noTrunc = false
  @Flag(inversion: .prefixedNo, help: "Containers of services that are not in the stack file, too.") var orphans = true
  @Argument(help: "Services; none: all.") var names: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let states = try wantedStates()
    let format = try rowFormat(format)
    var observed = try await context.engine().observe(try context.project())
    if !orphans {
      let stack = try context.load(runs: false).stack
      observed.containers.removeAll { stack.services[$0.spec.service] == nil }
    }
    let absent = names.filter { name in !observed.containers.contains { $0.spec.service.rawValue == name } }
    if !absent.isEmpty {
      let declared = context.declared() ?? []
      for name in absent where !declared.contains(ServiceName(name)) { throw Exit(1, "no such service: \(name)") }
    }
    let chosen = observed.containers.filter { container in
      (names.isEmpty || names.contains(container.spec.service.rawValue))
        && (states.map { $0.contains(container.state) } ?? (all || [.running, .paused, .restarting].contains(container.state)))
        && (all || !container.spec.isOneOff)
    }
    if quiet {
      for container in chosen { context.output.write(container.id.rawValue + "\n") }
    } else if services {
      for name in Set(chosen.map(\.spec.service)).sorted() { context.output.write(name.rawValue + "\n") }
    } else {
      let rows = chosen.map { ContainerJSON($0, now: now()) }
      try context.write(rows, as: format) { Table.containers(chosen, now: now(), isTruncated: !noTrunc) }
    }
    return 0
  }

  /// nil: no choice by state.
  private func wantedStates() throws -> Set<ContainerState>? {
    let words =
      try status
      + filter.map { entry in
        guard entry.hasPrefix("status=") else { throw Exit(1, "--filter \(entry): only status=STATE is known") }
        return String(entry.dropFirst("status=".count))
      }
    guard !words.isEmpty else { return nil }
    return Set(
      try words.map { word in
        guard let state = ContainerState(rawValue: word) else { throw Exit(1, "unknown state \"\(word)\"") }
        return state
      })
  }
}
