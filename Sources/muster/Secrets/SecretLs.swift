import ArgumentParser
import Backend
import EngineClient
import EngineWire
import StackModel
import Terminal

/// `muster secret ls`.
struct SecretLs: StackCommand {
  static let configuration = CommandConfiguration(commandName: "ls", abstract: "List secrets.", aliases: ["list"])
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("name=…, id=… (their beginning) or label=KEY[=VALUE].", valueName: "filter")) var filter: [String] = []
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"

  /// As `docker secret ls --format json` prints one, and more.
  private struct Entry: Encodable {
    var ID: String
    var Name: String
    var Driver = ""
    var CreatedAt: String
    var UpdatedAt: String
    var Labels: String
    var Version: Int
    var Size: Int
    var UsedBy: [String]
  }

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let filter = try SecretFilter(arguments: filter)
    let secrets = try await context.engine().secrets().filter(filter.matches)
    if quiet {
      for secret in secrets { context.output.write(secret.id + "\n") }
      return 0
    }
    let entries = secrets.map { secret in
      let newest = secret.versions.last
      return Entry(
        ID: secret.id, Name: secret.name, CreatedAt: Timestamp.text(secret.created), UpdatedAt: Timestamp.text(newest?.created ?? 0),
        Labels: secret.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","),
        Version: newest?.number ?? 0, Size: newest?.size ?? 0, UsedBy: secret.usedBy)
    }
    try context.write(entries, as: format) { Table.secrets(secrets, now: now()) }
    return 0
  }
}
