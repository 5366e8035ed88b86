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
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("What is mounted as it: type, device and o, as mount has them.", valueName: "key=value"))
  var opt: [String] = []
  @Argument(help: "Its name (default: one that nobody has).") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    guard driver == "local" else { throw Exit(1, "there is no volume driver \"\(visible(driver))\"\n  hint: leave --driver out") }
    var options: [String: String] = [:]
    for text in opt {
      guard let separator = text.firstIndex(of: "="), separator != text.startIndex else {
        throw Exit(1, "--opt \(visible(text)) is not an option\n  hint: write --opt type=tmpfs --opt device=tmpfs --opt o=size=64m")
      }
      options[String(text[..<separator])] = String(text[text.index(after: separator)...])
    }
    if name != nil, formerName != nil { throw Exit(1, "conflicting options: cannot specify a volume's name both with --name and without") }
    let creation = VolumeCreation(
      name: name ?? formerName, labels: try labels(label), options: options.isEmpty ? nil : options)
    let made = try await context.engine().createVolume(creation)
    context.output.write(made.Name + "\n")
    return 0
  }
}
