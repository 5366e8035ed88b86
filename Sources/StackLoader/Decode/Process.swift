import Diagnostics
import StackModel

extension ServiceDecoder {
  func decodeProcess(into options: inout ContainerOptions) {
    options.entrypoint = fields.command("entrypoint")
    options.command = fields.command("command")
    options.environment = environment()
    options.workingDirectory = fields.text("working_dir")
    options.user = fields.text("user")
    options.groups = fields.texts("group_add")
    options.hasTerminal = fields.bool("tty") ?? false
    options.isInteractive = fields.bool("stdin_open") ?? false
    options.usesInit = fields.bool("init") ?? false
    options.stopSignal = fields.text("stop_signal")
    if let period = fields.duration("stop_grace_period") { options.stopGracePeriod = period }
    (options.restart, options.restartLimits) = restart()
    options.healthcheck = healthcheck()
    options.hooks = hooks()
    options.labels = labels("labels")
    options.annotations = fields.pairs("annotations")
  }

  /// Names without values have been looked up before; what is still without one is not passed on.
  private func environment() -> [String: String] {
    var variables: [String: String] = [:]
    for entry in fields.entries("environment") {
      guard !entry.key.isEmpty else {
        report.error(.invalidValue, entry.keyPlace, "\(subject): an environment variable has no name")
        continue
      }
      if let text = entry.value.text { variables[entry.key] = text }
      if entry.value.isLegacyOctal, case .integer(let value) = entry.value.value, value > 7 {
        report.warning(
          .octal, entry.value.place, "\(subject): YAML reads the leading zero of \(entry.key) as octal; the value is \(value)",
          hint: "put it in quotes to keep it as it is written")
      }
    }
    return variables
  }

  func labels(_ key: String) -> [String: String] {
    let entries = fields.entries(key)
    for entry in entries where entry.key.hasPrefix("com.docker.compose") {
      report.error(
        .invalidValue, entry.keyPlace, "\(subject): the label \"\(entry.key)\" is reserved",
        hint: "labels that start with com.docker.compose are set by Muster itself")
    }
    return entries.reduce(into: [:]) { $0[$1.key] = $1.value.text ?? "" }
  }

  private func restart() -> (RestartPolicy, RestartLimits?) {
    var policy = RestartPolicy.no
    if let text = fields.text("restart") {
      switch text {
      case "", "no": policy = .no
      case "always": policy = .always
      case "unless-stopped": policy = .unlessStopped
      case "on-failure": policy = .onFailure(maximum: nil)
      default:
        let prefix = "on-failure:"
        if text.hasPrefix(prefix), let maximum = Int(text.dropFirst(prefix.count)), maximum >= 0 {
          policy = .onFailure(maximum: maximum == 0 ? nil : maximum)
        } else {
          report.error(
            .invalidValue, fields.place("restart"), "\(subject): restart \"\(text)\" is not known",
            hint: report.suggestion(for: text, among: ["always", "on-failure", "unless-stopped"])
              ?? "there are \"no\", always, on-failure, on-failure:5 and unless-stopped")
        }
      }
    }
    guard let deployed = fields.child("deploy")?.child("restart_policy") else { return (policy, nil) }
    let attempts = deployed.integer("max_attempts", in: 0...1_000_000).flatMap { $0 == 0 ? nil : Int($0) }
    var limits = RestartLimits(maximum: attempts, delay: deployed.duration("delay"), window: deployed.duration("window"))
    if limits.window?.nanoseconds == 0 { limits.window = nil }
    switch deployed.text("condition") {
    case nil, "", "any", "always": policy = .always
    case "none", "no": policy = .no
    case "unless-stopped": policy = .unlessStopped
    case "on-failure":
      policy = .onFailure(maximum: attempts)
      limits.maximum = nil
    case let other?:
      report.error(
        .invalidValue, deployed.place("condition"), "\(deployed.subject): condition \"\(other)\" is not known",
        hint: "there are none, on-failure and any")
    }
    return (policy, limits == RestartLimits() ? nil : limits)
  }

  private func healthcheck() -> Healthcheck? {
    guard let written = fields.child("healthcheck") else { return nil }
    if written.bool("disable") ?? false {
      if let test = written.node["test"], !test.isNull {
        report.warning(
          .withoutEffect, test.place, "\(subject): the healthcheck is disabled and has a test", hint: "keep one of them")
      }
      return Healthcheck(test: ["NONE"])
    }
    var check = Healthcheck()
    check.test = test(written)
    check.interval = pace("interval", written)
    check.timeout = pace("timeout", written)
    check.startPeriod = written.duration("start_period")
    check.startInterval = pace("start_interval", written)
    check.retries = written.integer("retries", in: 0...1_000_000).flatMap { $0 == 0 ? nil : Int($0) }
    return check
  }

  /// A healthcheck's duration; zero stands for the default.
  private func pace(_ key: String, _ written: Fields) -> Timespan? {
    guard let span = written.duration(key), span.nanoseconds > 0, let node = written.node[key] else { return nil }
    return span >= .milliseconds(1) ? span : written.invalid(key, node, "is too short", hint: "1ms is the least")
  }

  private func test(_ written: Fields) -> [String]? {
    guard let node = written.node["test"], !node.isNull else { return nil }
    guard node.sequence != nil else { return node.text.map { ["CMD-SHELL", $0] } ?? written.wrong("test", node, "a string or a list") }
    let words = written.items("test").compactMap { $0.text ?? written.wrong("test", $0, "a list of strings") }
    guard let first = words.first else { return nil }
    switch first {
    case "NONE" where words.count == 1, "CMD" where words.count > 1: return words
    case "CMD-SHELL" where words.count == 2: return words
    case "HTTP" where words.count == 2, "TCP" where words.count == 2:
      do throws(HealthTarget.Problem) {
        _ = try first == "HTTP" ? HealthTarget(http: words[1]) : HealthTarget(tcp: words[1])
        return words
      } catch {
        return written.invalid("test", node, "is no target to probe: \(error.message)", hint: error.hint)
      }
    case "HTTP": return written.invalid("test", node, "needs one URL", hint: "write it as [\"HTTP\", \"http://localhost:8080/health\"]")
    case "TCP": return written.invalid("test", node, "needs one port", hint: "write it as [\"TCP\", \"5432\"]")
    case "NONE", "CMD", "CMD-SHELL":
      return written.invalid(
        "test", node,
        first == "CMD"
          ? "has no command" : first == "NONE" ? "has more than NONE" : "is CMD-SHELL with \(words.count - 1) texts instead of one")
    default:
      return written.invalid(
        "test", node, "starts with \"\(first)\"",
        hint: "a list starts with CMD, CMD-SHELL, HTTP, TCP or NONE; a plain string is a shell command")
    }
  }
}
