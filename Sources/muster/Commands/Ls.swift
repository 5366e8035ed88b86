import ArgumentParser
import EngineClient
import Reconciler
import StackModel
import Terminal

/// `muster ls`.
struct Ls: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "ls", abstract: "List projects.")
  @Flag(name: .shortAndLong, help: "Stopped ones too.") var all = false
  @Flag(name: .shortAndLong, help: "Only names.") var quiet = false
  @Option(parsing: .singleValue, help: ArgumentHelp("name=PART.", valueName: "property=value")) var filter: [String] = []
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"

  private struct Entry: Encodable {
    var Name: String
    var Status: String
  }

  func perform(_ context: Context) async throws -> Int32 {
    let rowFormat = try rowFormat(format)
    let parts = try filter.map { entry in
      guard entry.hasPrefix("name=") else { throw Exit(1, "--filter \(entry): only name=PART is known") }
      return String(entry.dropFirst("name=".count))
    }
    let observed = try await context.engine().observe(nil)
    let projects = Dictionary(grouping: observed.containers.filter { !$0.spec.isOneOff }, by: \.spec.project)
    let jobs = Dictionary(grouping: observed.jobs ?? [], by: \.project).mapValues(\.count)
    let entries = Set(projects.keys).union(jobs.keys).sorted().compactMap { name -> Entry? in
      let containers = projects[name] ?? []
      guard parts.allSatisfy({ name.rawValue.contains($0) }),
        all || jobs[name] != nil || containers.contains(where: { $0.state == .running })
      else { return nil }
      let states = Dictionary(grouping: containers, by: \.stateText).sorted { $0.key < $1.key }
      let words = states.map { "\($0.key)(\($0.value.count))" } + (jobs[name].map { ["jobs(\($0))"] } ?? [])
      return Entry(Name: name.rawValue, Status: words.joined(separator: ", "))
    }
    if quiet {
      for entry in entries { context.output.write(entry.Name + "\n") }
    } else if format == "json" {
      // Compose's one array.
      context.output.write(try jsonText(entries) + "\n")
    } else {
      try context.write(entries, as: rowFormat) { Table(["NAME", "STATUS"], rows: entries.map { [$0.Name, $0.Status] }) }
    }
    return 0
  }
}
