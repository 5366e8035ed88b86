import ArgumentParser
import StackLoader

/// `muster config`.
struct Config: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check the stack files and print them merged, in canonical form.",
    discussion: """
      Values of secrets are never printed: where a secret's variable is used elsewhere, the variable is printed instead.
      What is printed can be used as a stack file, and means the same.
      """, aliases: ["convert"]
  ).ofSubcommand
  @Flag(help: "Print the services' names.") var services = false
  @Flag(help: "Print the volumes' names.") var volumes = false
  @Flag(help: "Print the networks' names.") var networks = false
  @Flag(help: "Print the models' names.") var models = false
  @Flag(help: "Print the images' names.") var images = false
  @Flag(help: "Print the profiles' names.") var profiles = false
  @Flag(help: "Print the variables that the stack files name, with their defaults.") var variables = false
  @Flag(help: "Print the variables that interpolation sees.") var environment = false
  @Option(
    help: ArgumentHelp("Print a hash of each service's configuration ('*': of all services).", valueName: "service,…")) var hash: String?
  @Option(help: "yaml or json (default: yaml; a table for --variables).") var format: Format?
  @Flag(name: .shortAndLong, help: "Only check.") var quiet = false
  @Flag(help: "Leave variables as they are.") var noInterpolate = false
  @Flag(help: "Leave out what only follows from the files: full names, the default network, implied dependencies.") var noNormalize = false
  @Flag(help: "Leave paths as they are.") var noPathResolution = false
  @Flag(help: "Leave env_file as it is, instead of putting what it says into environment.") var noEnvResolution = false
  @Flag(help: "Print also what contradicts itself, as services that are not there.") var noConsistency = false
  @Flag(help: "Name images by their digests.") var resolveImageDigests = false
  @Flag(help: "Print a stack file that only names the images by their digests.") var lockImageDigests = false
  @Option(help: ArgumentHelp("Tell where a variable's values come from and where it is used.", valueName: "variable")) var explain: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file, whole or not at all.", valueName: "file")) var output: String?
  @Argument(help: "Services, with what they depend on; none: all.") var names: [String] = []

  enum Format: String, ExpressibleByArgument, CaseIterable { case yaml, json }

  func validate() throws {
    let listings = [
      ("--services", services), ("--volumes", volumes), ("--networks", networks), ("--models", models), ("--images", images),
      ("--profiles", profiles), ("--variables", variables), ("--environment", environment), ("--hash", hash != nil),
      ("--lock-image-digests", lockImageDigests), ("--explain", explain != nil),
    ].filter(\.1).map(\.0)
    guard listings.count < 2 else {
      throw ValidationError("\(listings.joined(separator: " and ")) print different things: name one of them")
    }
    if let output, output.isEmpty { throw ValidationError("--output needs the name of a file") }
    if hash == "" { throw ValidationError("--hash needs names of services, or '*' for all") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try load(context)
    if let explain { return explained(explain, loaded, context) }
    if quiet { return 0 }
    let text = try ConfigText(command: self, loaded: loaded).text()
    // What is not shown is not written into a file that anybody can read either.
    if let output { try writeConfig(context.output.redacted(text), to: output) } else { context.output.write(text) }
    return 0
  }

  private func load(_ context: Context) throws -> LoadedStack {
    var request = context.request(names, profiles: profiles ? ["*"] : [], interpolates: !noInterpolate && !variables)
    request.readsEnvironmentFiles = !noEnvResolution
    request.checksConsistency = !noConsistency
    return try context.load(request, runs: false)
  }
}
