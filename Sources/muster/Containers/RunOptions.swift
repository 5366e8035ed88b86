import ArgumentParser
import Diagnostics
import StackModel

/// What `run` and `create` take: Docker's flags.
struct RunOptions: ParsableArguments {
  @OptionGroup var limits: LimitOptions
  @OptionGroup var network: RunNetworkOptions
  @OptionGroup var confinement: RunConfinementOptions
  @OptionGroup var storage: RunStorageOptions
  @OptionGroup var disks: RunDiskOptions
  @OptionGroup var health: RunHealthOptions
  @Option(parsing: .singleValue, help: ArgumentHelp("An annotation.", valueName: "key=value")) var annotation: [String] = []
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("A stream to look on at: stdin, stdout or stderr; may be repeated (default: all).", valueName: "stream"))
  var attach: [AttachedStream] = []
  @Option(help: ArgumentHelp("Write the container's id there.", valueName: "file")) var cidfile: String?
  @Option(help: "Another entrypoint; empty: none.") var entrypoint: String?
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A variable.", valueName: "name[=value]")) var env: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A file of variables.", valueName: "file")) var envFile: [String] = []
  @Flag(name: .customLong("init"), help: "A reaper as the first process.") var usesInit = false
  @Flag(name: .shortAndLong, help: "Keep standard input open.") var interactive = false
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A label.", valueName: "key[=value]")) var label: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A file of labels.", valueName: "file")) var labelFile: [String] = []
  @Option(help: "json-file, local, syslog, journald or none.") var logDriver: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("An option of the log.", valueName: "key=value")) var logOpt: [String] = []
  @Option(help: "Its name (default: one that nobody has).") var name: String?
  @Option(help: ArgumentHelp("Of the image, where there are several.", valueName: "os/arch")) var platform: String?
  @Option(help: "Get the image: always, missing or never.") var pull = "missing"
  @Flag(name: .shortAndLong, help: "Show no progress of a pull.") var quiet = false
  @Option(help: ArgumentHelp("no, always, on-failure[:N] or unless-stopped.", valueName: "policy")) var restart: String?
  @Flag(help: "Remove the container when it ends.") var rm = false
  @Option(help: "The signal that ends it.") var stopSignal: String?
  @Option(help: ArgumentHelp("How long it may take to stop.", valueName: "seconds")) var stopTimeout: Int?
  @Flag(name: .shortAndLong, help: "A terminal.") var tty = false
  @Option(name: .shortAndLong, help: ArgumentHelp("The user.", valueName: "user[:group]")) var user: String?
  @Option(name: .shortAndLong, help: "The working directory.") var workdir: String?

  /// What is looked on at of a container that runs in the foreground.
  var attached: AttachedStreams {
    guard attach.isEmpty else { return AttachedStreams(attach.map(\.streams)) }
    return interactive ? [.input, .output, .errors] : [.output, .errors]
  }

  /// The container's options, with what is wrong told.
  func options(image: String, command: [String], _ context: Context) throws -> ContainerOptions {
    if rm, let restart, restart != "no" { throw Exit(125, "conflicting options: cannot specify both --restart and --rm") }
    var service = ServiceOptions()
    network.add(to: &service)
    try confinement.add(to: &service)
    try storage.add(to: &service)
    try disks.add(to: &service)
    try health.add(to: &service)
    service.set("annotations", annotation)
    service.set("environment", try envFile.flatMap { try environmentLines($0) } + env)
    service.set("init", usesInit)
    service.set("stdin_open", interactive)
    service.set("tty", tty)
    service.set("labels", try labelFile.flatMap { try environmentLines($0) } + label)
    if logDriver != nil || !logOpt.isEmpty {
      var logging: [String: ServiceValue] = ["driver": .text(logDriver ?? "json-file")]
      let options = try pairs(logOpt, "--log-opt")
      if !options.isEmpty { logging["options"] = .map(options.mapValues { .text($0) }) }
      service.set("logging", logging)
    }
    service.set("stop_signal", stopSignal)
    service.set("stop_grace_period", stopTimeout.map { "\($0)s" })
    service.set("user", user)
    service.set("working_dir", workdir)
    service.set("command", command)
    var options = try service.read(image: image, context)
    if let entrypoint { options.entrypoint = entrypoint.isEmpty ? [] : [entrypoint] }
    options.resources = try limits.resources().adding(options.resources)
    if let restart { options.restart = try restartPolicy(restart) }
    return options
  }
}

/// One of `--attach`, in whatever case.
enum AttachedStream: String, ExpressibleByArgument, CaseIterable {
  case stdin, stdout, stderr

  init?(argument: String) { self.init(rawValue: argument.lowercased()) }

  var streams: AttachedStreams {
    switch self {
    case .stdin: .input
    case .stdout: .output
    case .stderr: .errors
    }
  }
}

/// `KEY=VALUE`s of a flag.
func pairs(_ texts: [String], _ flag: String) throws -> [String: String] {
  var found: [String: String] = [:]
  for text in texts {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else { throw Exit(125, "\(flag) \(visible(text)): write KEY=VALUE") }
    found[parts[0]] = parts[1]
  }
  return found
}
