import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster image verify`.
struct ImageVerify: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read everything that is kept of images, and repair what has rotted.",
    discussion: """
      Every file of every layer is compared with the digest that it is known by. What is not what it was is made again out of what is \
      sound here, or fetched from the registry that the image came from. The status is 1 when something stays damaged.
      """)
  @Flag(help: "Only tell.") var dryRun = false
  @Flag(name: .shortAndLong, help: "Tell only of damage.") var quiet = false

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    let names = try await engine.images().flatMap { $0.digests ?? [] }
    let request = VerifyRequest(repairs: !dryRun, credentials: try context.credentials(for: names))
    let report = try await engine.verifyImages(request)
    for problem in report.problems { context.output.error(visible(problem)) }
    for damage in report.damage {
      let owners = damage.images.isEmpty ? "no image" : damage.images.joined(separator: ", ")
      let text = "\(damage.what) (\(owners)): \(damage.isRepaired ? "repaired: " : "")\(damage.detail)"
      if damage.isRepaired { context.output.write(visible(text) + "\n") } else { context.output.error(visible(text)) }
    }
    let damaged = report.damage.count { !$0.isRepaired }
    if !quiet {
      let repaired = report.damage.count - damaged
      context.output.write(
        "\(report.images) images, \(report.layers) layers: "
          + (report.damage.isEmpty ? "all as they were\n" : "\(repaired) repaired, \(damaged) damaged\n"))
    }
    return damaged == 0 ? 0 : 1
  }
}
