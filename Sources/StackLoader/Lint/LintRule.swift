public import Diagnostics

/// The linter's rules, by their stable codes. What each is for is in ``checkRules``.
enum LintRule: String, CaseIterable {
  // Passwords
  case passwordInEnvironment = "MU0601"
  case passwordInBuildArguments = "MU0602"
  case passwordInCommand = "MU0603"
  case passwordInLabel = "MU0604"
  case passwordInURL = "MU0605"
  // Images
  case movingImage = "MU0606"
  // Who is reached, and who reaches the machine
  case databaseOnAllAddresses = "MU0607"
  case engineSocket = "MU0608"
  case privileged = "MU0609"
  case broadCapability = "MU0610"
  case hostNamespace = "MU0611"
  case writableSystemDirectory = "MU0612"
  // What waits for what
  case neverHealthy = "MU0613"
  case startedIsNotReady = "MU0614"
  case neverCompletes = "MU0615"
  // What nothing uses
  case unusedVolume = "MU0616"
  case unusedNetwork = "MU0617"
  case unusedSecret = "MU0618"
  case unusedConfig = "MU0619"
  // How it is written
  case obsoleteKey = "MU0620"
  case containerName = "MU0621"
  case duplicateEntry = "MU0622"
  case quotesInValue = "MU0623"
  case booleanInEnvironment = "MU0624"
  case rewrittenNumber = "MU0625"
  case base60Port = "MU0626"
  case exposedTwice = "MU0627"
  // Files and data
  case anonymousDatabaseVolume = "MU0628"
  case missingBindSource = "MU0629"
  case pathOutsideProject = "MU0630"
  // Health checks and files that may be missing
  case missingHealthcheckTool = "MU0631"
  case startIntervalWithoutPeriod = "MU0632"
  case missingOptionalFile = "MU0633"

  /// Name, usual severity, and why it matters.
  var row: (name: String, severity: Diagnostic.Severity, reason: String) {
    switch self {
    case .passwordInEnvironment:
      (
        "password-in-environment", .warning,
        "The value is in the stack file for everyone who reads it, and in the environment of every process of the container."
      )
    case .passwordInBuildArguments:
      ("password-in-build-arguments", .warning, "Build arguments stay in the image's history, where everyone who has the image reads them.")
    case .passwordInCommand:
      ("password-in-command", .warning, "A command's arguments are shown to everyone who may list processes.")
    case .passwordInLabel: ("password-in-label", .warning, "Labels are shown by every command that lists containers.")
    case .passwordInURL: ("password-in-url", .warning, "Addresses are logged and shown in error messages, and the password with them.")
    case .movingImage:
      ("moving-image", .warning, "Without a version the image is another one whenever it is pulled, on each machine another one.")
    case .databaseOnAllAddresses:
      (
        "database-on-all-addresses", .warning,
        "A port that is published without an address is open to every machine that reaches this one; databases and control ports seldom mean that."
      )
    case .engineSocket: ("engine-socket", .warning, "Who may talk to a container engine's socket is root on the host, read-only or not.")
    case .privileged: ("privileged", .warning, "A privileged container has the devices and the rights of root on the host.")
    case .broadCapability: ("broad-capability", .warning, "The capability is enough to become root on the host.")
    case .hostNamespace: ("host-namespace", .warning, "The container sees, and may interfere with, what runs beside it on the host.")
    case .writableSystemDirectory:
      ("writable-system-directory", .warning, "A container that writes to the host's own directories can take the host over.")
    case .neverHealthy: ("never-healthy", .error, "What waits for service_healthy waits for ever when there is no health check.")
    case .startedIsNotReady:
      ("started-is-not-ready", .note, "service_started does not wait for the health check that the other service has.")
    case .neverCompletes:
      ("never-completes", .error, "What waits for a service to complete waits for ever when that service is always started again.")
    case .unusedVolume: ("unused-volume", .warning, "No service uses the volume: a leftover, or a service uses another by mistake.")
    case .unusedNetwork: ("unused-network", .warning, "No service is on the network: a leftover, or a service is on another by mistake.")
    case .unusedSecret: ("unused-secret", .warning, "No service is given the secret: a leftover, or a service reads it from elsewhere.")
    case .unusedConfig: ("unused-config", .warning, "No service is given the config: a leftover, or a service reads it from elsewhere.")
    case .obsoleteKey: ("obsolete-key", .warning, "The Compose Specification has another way to write it, or needs it no more.")
    case .containerName:
      ("container-name", .note, "A service with a fixed container name cannot have replicas, nor run twice on a machine.")
    case .duplicateEntry: ("duplicate-entry", .warning, "Only one of the entries counts, and it is easy to change the other.")
    case .quotesInValue:
      (
        "quotes-in-value", .warning,
        "Quotes after the equals sign of a list entry are part of the value: YAML takes off quotes around the whole only."
      )
    case .booleanInEnvironment:
      ("boolean-in-environment", .note, "Variables are text: other tools refuse a boolean there, or write it in another way.")
    case .rewrittenNumber:
      ("rewritten-number", .warning, "YAML reads it as a number and the text that reaches the container is another one.")
    case .base60Port: ("base-60-port", .note, "YAML 1.1, which other tools read, takes digits with colons for a number to base 60.")
    case .exposedTwice: ("exposed-twice", .note, "A port that is published needs no expose.")
    case .anonymousDatabaseVolume:
      ("anonymous-database-volume", .warning, "Data in a volume without a name are lost sight of when the container is removed.")
    case .missingBindSource:
      ("missing-bind-source", .warning, "A bind whose file is missing becomes an empty directory, and the application fails on that.")
    case .pathOutsideProject: ("path-outside-project", .note, "The stack works only where its directory stands in the same place.")
    case .missingHealthcheckTool:
      ("missing-healthcheck-tool", .warning, "A health check with a program that the image does not have always fails.")
    case .startIntervalWithoutPeriod:
      ("start-interval-without-period", .warning, "start_interval counts only within the start_period, which is 0 unless it is given.")
    case .missingOptionalFile:
      (
        "missing-optional-file", .note,
        "The file is not required and not there: its variables are missing without a word when it should be."
      )
    }
  }

  var rule: CheckRule { CheckRule(code: rawValue, name: row.name, severity: row.severity, reason: row.reason) }
}

/// What ``checkStack`` looks for beyond what makes a file wrong, by code.
public let checkRules: [CheckRule] = LintRule.allCases.map(\.rule)

/// What a code of the loader is about, in a sentence; the linter's own are in ``checkRules``.
public func checkTopic(of code: String) -> String {
  switch code.prefix(4) {
  case "MU01": "The file cannot be found or read, or is not the YAML that stack files are written in."
  case "MU02": "A variable or an environment file is missing or malformed."
  case "MU03": "A key or a value is unknown, of the wrong kind, invalid, or not supported."
  case "MU04": "What belongs together does not fit: names, dependencies, images, ports, contents."
  case "MU05": "Several files do not go together: extends, include, merging."
  default: checkRules.first { $0.code == code }?.reason ?? "Something in the stack file needs looking at."
  }
}
