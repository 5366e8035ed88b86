import ArgumentParser
import Terminal

/// The options that stand before the subcommand, as `docker compose` has them.
struct StackOptions: ParsableArguments {
  @Option(name: [.customShort("f", allowingJoined: true), .customLong("file")], parsing: .singleValue) var files: [String] = []
  @Option(name: [.customShort("p", allowingJoined: true), .customLong("project-name")]) var projectName: String?
  @Option var projectDirectory: String?
  @Option(name: .customLong("env-file"), parsing: .singleValue) var envFiles: [String] = []
  @Option(name: .customLong("profile"), parsing: .singleValue) var profiles: [String] = []
  @Option(transform: progressMode) var progress: ProgressMode?
  @Option var ansi: Ansi?
  @Option(parsing: .unconditional) var parallel: Int?
  @Flag var strict = false
  @Flag var dryRun = false
  @Flag var allResources = false
  @Flag(name: .shortAndLong) var version = false

  /// `--ansi`.
  enum Ansi: String, ExpressibleByArgument, CaseIterable { case never, always, auto }

  /// What no option at all means. Parsing nothing costs a fifth of the start of a command.
  static var none: StackOptions {
    var options = StackOptions()
    (options.files, options.projectName, options.projectDirectory) = ([], nil, nil)
    (options.envFiles, options.profiles) = ([], [])
    (options.progress, options.ansi, options.parallel) = (nil, nil, nil)
    (options.strict, options.version, options.dryRun, options.allResources) = (false, false, false, false)
    return options
  }

  /// Those that take no value: where the next word is not theirs.
  static let flags: Set<String> = ["-v", "--version", "--strict", "--dry-run", "--all-resources", "-h", "--help"]
}

/// The value of `--progress`.
func progressMode(_ text: String) throws -> ProgressMode {
  guard let mode = ProgressMode(rawValue: text) else {
    throw ValidationError("--progress \(text): \(ProgressMode.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return mode
}
