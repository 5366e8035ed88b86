import ArgumentParser
import Backend
import EngineClient

/// `muster container commit`.
struct ContainerCommit: StackCommand {
  static let configuration = CommandConfiguration(commandName: "commit", abstract: "Make an image of what a container has become.")
  @OptionGroup var options: CommitOptions
  @Argument(help: "A name or an id.") var container: String
  @Argument(help: "REPOSITORY[:TAG]") var reference: String?

  func perform(_ context: Context) async throws -> Int32 {
    try await options.commit(container, as: reference, context)
  }
}

/// What `commit` takes, of a container or of a service.
struct CommitOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Who made it.") var author: String?
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("An instruction of a Dockerfile: 'CMD [\"nginx\"]'.", valueName: "instruction"))
  var change: [String] = []
  @Option(name: .shortAndLong, help: "What was done.") var message: String?
  @Option(name: .shortAndLong, help: "Whether its processes stand still meanwhile: true or false.") var pause = true
  @Flag(help: "Its processes run on meanwhile.") var noPause = false

  func commit(_ container: String, as reference: String?, _ context: Context) async throws -> Int32 {
    let request = CommitRequest(
      container: container, reference: reference, author: author, message: message, changes: change, pauses: pause && !noPause)
    context.output.write("\(try await context.engine().commit(request).id)\n")
    return 0
  }
}
