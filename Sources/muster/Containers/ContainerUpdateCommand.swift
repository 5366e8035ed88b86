import ArgumentParser
import Backend
import StackModel

/// `muster container update`.
struct ContainerUpdateCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change the limits of containers while they run.",
    discussion: "Example: muster container update --memory 512m --cpus 1.5 shop-web-1")
  @OptionGroup var limits: LimitOptions
  @Option(help: ArgumentHelp("no, always, on-failure[:N] or unless-stopped.", valueName: "policy")) var restart: String?
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 {
    var update = ContainerUpdate()
    update.resources = try limits.resources()
    update.restart = try restart.map(restartPolicy)
    guard update != ContainerUpdate() else { throw Exit(1, "you must provide one or more flags when using this command") }
    return try await context.act(on: containers, .update(update))
  }
}
