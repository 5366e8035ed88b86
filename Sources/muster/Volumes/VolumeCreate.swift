import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster volume create`.
struct VolumeCreate: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a volume.", discussion: "Example: muster volume create --label team=shop data")
  @Option(name: .shortAndLong, help: "local.") var driver = "local"
  @Option(parsing: .singleValue, help: ArgumentHelp("A label.", valueName: "key=value")) var label: [String] = []
  @Option(name: .customLong("name"), help: ArgumentHelp("Its name, as Docker once took it.", visibility: .hidden)) var formerName: String?
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("Not supported.", valueName: "key=value")) var opt: [String] = []
  @Argument(help: "Its name (default: one that nobody has).") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    guard driver == "local" else { throw Exit(1, "there is no volume driver \"\(visible(driver))\"\n  hint: leave --driver out") }
    guard opt.isEmpty else { throw Exit(1, "options of volumes are not supported\n  hint: mount the directory with a bind instead") }
    if name != nil, formerName != nil { throw Exit(1, "conflicting options: cannot specify a volume's name both with --name and without") }
    let made = try await context.engine().createVolume(VolumeCreation(name: name ?? formerName, labels: try labels(label)))
    context.output.write(made.Name + "\n")
    return 0
  }
}
