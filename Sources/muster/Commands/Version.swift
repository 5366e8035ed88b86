import ArgumentParser
import Backend

/// `muster version`.
struct Version: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")
  @Flag(help: "Only the number.") var short = false
  @Option(name: .shortAndLong, help: "pretty or json.") var format: Format = .pretty
  enum Format: String, ExpressibleByArgument, CaseIterable { case pretty, json }

  func perform(_ context: Context) async throws -> Int32 {
    if short {
      context.output.write(MusterVersion.version + "\n")
    } else if format == .json {
      context.output.write(try jsonText(["version": MusterVersion.version]) + "\n")
    } else {
      context.output.write("Muster version \(MusterVersion.version)\n")
    }
    return 0
  }
}
