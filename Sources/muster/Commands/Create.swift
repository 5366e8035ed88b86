import ArgumentParser
import Backend
import Reconciler
import StackLoader
import StackModel

/// `muster create`.
struct Create: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create the containers of services without starting them.")
  @OptionGroup var common: UpArguments
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(services)
    var options = try common.options(services)
    options.starts = false
    try context.add(to: &options, removesOrphans: common.removeOrphans)
    let report = try await context.carryOut(
      .up(options), loaded.stack.name, loaded: loaded, title: "create", on: try await context.engine())
    return report.succeeded ? 0 : 1
  }
}
