import ArgumentParser
import StackModel

/// The flags of `run` and `create` about health.
struct RunHealthOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The check.", valueName: "command")) var healthCmd: String?
  @Option(help: ArgumentHelp("Between checks.", valueName: "duration")) var healthInterval: String?
  @Option(help: ArgumentHelp("Failures that make it unhealthy.", valueName: "number")) var healthRetries: Int?
  @Option(help: ArgumentHelp("Between checks while it starts.", valueName: "duration")) var healthStartInterval: String?
  @Option(help: ArgumentHelp("How long it may take to start.", valueName: "duration")) var healthStartPeriod: String?
  @Option(help: ArgumentHelp("How long a check may take.", valueName: "duration")) var healthTimeout: String?
  @Flag(help: "No check, also none of the image.") var noHealthcheck = false

  func add(to service: inout ServiceOptions) throws {
    var check: [String: ServiceValue] = [:]
    if let healthCmd { check["test"] = .texts(["CMD-SHELL", healthCmd]) }
    if let healthInterval { check["interval"] = .text(healthInterval) }
    if let healthRetries { check["retries"] = .text("\(healthRetries)") }
    if let healthStartInterval { check["start_interval"] = .text(healthStartInterval) }
    if let healthStartPeriod { check["start_period"] = .text(healthStartPeriod) }
    if let healthTimeout { check["timeout"] = .text(healthTimeout) }
    if noHealthcheck {
      guard check.isEmpty else { throw Exit(125, "--no-healthcheck conflicts with --health-* options") }
      check["disable"] = .flag(true)
    }
    service.set("healthcheck", check)
  }
}
