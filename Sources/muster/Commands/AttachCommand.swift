import ArgumentParser
import Reconciler
import StackModel

/// `muster attach`.
struct AttachCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Look on at a service's first process, input included.",
    discussion: "Ctrl-p ctrl-q leaves it running.\nExample: muster attach --no-stdin web")
  @OptionGroup var options: AttachOptions
  @Option(help: "Which container of the service.") var index: Int?
  @Argument var service: String

  func perform(_ context: Context) async throws -> Int32 {
    let found = try await context.containers(of: [service]).filter { index == nil || $0.spec.number == index }
    guard let container = found.min(by: { $0.spec.number < $1.spec.number }) else {
      throw Exit(1, "service \"\(service)\" has no container\(index.map { " \($0)" } ?? "")")
    }
    return try await options.attach(to: container, context)
  }
}
