import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import StackLoader
import StackModel
import Terminal

/// `muster secret adopt`.
struct SecretAdopt: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Make secrets of variables that are written in the stack file.",
    discussion: """
      The value goes into the engine's store (or a file), and the stack file gets the variable in which the image takes
      the file: MYSQL_ROOT_PASSWORD: x becomes MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password. Comments and
      layout stay. The values are never shown.
      """)
  @Option(help: ArgumentHelp("The secret's name in the stack, for one variable.", valueName: "name")) var name: String?
  @Option(help: ArgumentHelp("Keep the values in files of this directory instead, readable by you alone.", valueName: "directory"))
  var file: String?
  @Flag(help: "Where the image takes no file: put a shell before its program that reads the file and exports the variable.") var wrapper =
    false
  @Flag(help: "Show the difference and write nothing.") var dryRun = false
  @Argument(help: "The service.") var service: String
  @Argument(help: "Variables of its environment; none: those in which `muster check` finds a password (MU0601).") var variables: [String] =
    []

  func validate() throws {
    guard name == nil || variables.count == 1 else { throw ValidationError("--name is for one variable.") }
    guard file != "" else { throw ValidationError("--file needs the name of a directory.") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let stack = context.request([])
    var request = AdoptionRequest(stack: stack, service: service, variables: variables, name: name, usesWrapper: wrapper)
    if let file { request.place = .directory(file.hasPrefix("/") ? file : stack.currentDirectory + "/" + file) }
    if wrapper { request.imageProcess = try await imageProcess(context) }
    try await adopt(request, dryRun: dryRun, context)
    return 0
  }

  /// What the service's image runs; nil: the engine does not have it.
  private func imageProcess(_ context: Context) async throws -> AdoptionRequest.ImageProcess? {
    let loaded = try context.load(context.request([], profiles: ["*"]), runs: false)
    guard let image = loaded.stack.services[ServiceName(service)]?.image, let reference = try? ImageReference(image) else { return nil }
    let wanted = [image, reference.orLatest.familiar]
    let found = try await context.engine().images().first { summary in
      summary.references.contains { wanted.contains($0) } || summary.id.description == image
    }
    return found.map { .init(entrypoint: $0.entrypoint ?? [], command: $0.command ?? []) }
  }
}
