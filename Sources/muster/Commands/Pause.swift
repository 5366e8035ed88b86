import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster pause`.
struct Pause: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stop the processes of services where they are.", discussion: "Example: muster pause web")
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.act(onServices: services, .pause, words: ("Pausing", "Paused")) { $0.state == .running }
  }
}

/// `muster unpause`.
struct Unpause: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpause", abstract: "Let the processes of services go on.", discussion: "Example: muster unpause web")
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.act(onServices: services, .unpause, words: ("Unpausing", "Unpaused")) { $0.state == .paused }
  }
}
