import ArgumentParser
import Glibc
import StackLoader

/// `muster config`.
struct Config: StackCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the stack files and print them merged, in canonical form.", aliases: ["convert"])
  @Flag(help: "Print the services' names.") var services = false
  @Flag(help: "Print the volumes' names.") var volumes = false
  @Flag(help: "Print the networks' names.") var networks = false
  @Flag(help: "Print the images' names.") var images = false
  @Flag(help: "Print the profiles' names.") var profiles = false
  @Option(help: "yaml or json.") var format: Format = .yaml
  @Flag(name: .shortAndLong, help: "Only check.") var quiet = false
  @Flag(help: "Leave variables as they are.") var noInterpolate = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file")) var output: String?
  @Argument(help: "Services; none: all.") var names: [String] = []

  enum Format: String, ExpressibleByArgument, CaseIterable { case yaml, json }

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(names, profiles: profiles ? ["*"] : [], interpolates: !noInterpolate)
    if quiet { return 0 }
    let text: String
    if services {
      text = lines(loaded.serviceNames)
    } else if volumes {
      text = lines(loaded.volumeKeys)
    } else if networks {
      text = lines(loaded.networkKeys)
    } else if images {
      text = lines(loaded.imageNames)
    } else if profiles {
      text = lines(loaded.declaredProfiles)
    } else {
      text = renderConfig(loaded, format: format == .json ? .json : .yaml)
    }
    guard let output else {
      context.output.write(text)
      return 0
    }
    let file = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Exit(1, "\(output): \(String(cString: strerror(errno)))") }
    writeAll(file, text)
    guard close(file) == 0 else { throw Exit(1, "\(output): \(String(cString: strerror(errno)))") }
    return 0
  }

  private func lines(_ names: [String]) -> String { names.map { $0 + "\n" }.joined() }
}
