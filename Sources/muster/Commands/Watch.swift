import ArgumentParser
import Backend
import Glibc
import Reconciler
import StackLoader
import StackModel

/// `muster watch`.
struct Watch: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Bring files that change into the containers, or build and start them anew.",
    discussion: """
      What happens when which files change is in each service's develop.watch. Ctrl-C ends it; the containers run on.
      Example: muster watch web
      """)
  @Flag(help: "Do not build and start the services before.") var noUp = false
  @Flag(inversion: .prefixedNo, help: "Remove the image that a rebuild replaces, when it has no other name.") var prune = true
  @Flag(help: "Show nothing of builds.") var quiet = false
  @Argument(help: "Services; none: all that are watched.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(services)
    let engine = try await context.engine()
    // From here on changes are seen: none is missed while the services are built.
    let watch = try StackWatch(context, engine, loaded, services: services, prunes: prune, isQuiet: quiet)
    if !noUp {
      var options = UpOptions()
      options.services = services.map { ServiceName($0) }
      options.build = .always
      options.keeps = true
      let report = try await context.carryOut(.up(options), loaded.stack.name, loaded: loaded, title: "up", on: engine, quiet: quiet)
      guard report.succeeded else { return 1 }
    }
    let interrupts = try Interrupts.start([SIGINT, SIGTERM])
    return try await withThrowingTaskGroup(of: Int32.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        try await watch.run()
        return 0
      }
      group.addTask {
        for await _ in interrupts { return 130 }
        return 0
      }
      return try await group.next() ?? 0
    }
  }
}
