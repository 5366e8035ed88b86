import OCI

/// What is known of a stage, as far as its instructions have been read.
struct LintStage {
  var name: String?
  private var environment: [String: String] = ["PATH": StageState.defaultPath]
  private var arguments: [String: String] = [:]
  /// ARGs, with a value or without.
  var declared: Set<String> = []
  /// No variables are set in the base image but those in `values`.
  var isKnown = false
  var hasShell = false
  /// A WORKDIR was read.
  var hasDirectory = false
  /// The last of those instructions that a stage should have once.
  var once: [Keyword: Instruction] = [:]

  /// ENV, and ARGs that have a value.
  var values: [String: String] { arguments.merging(environment) { $1 } }

  mutating func inherit(_ base: LintStage) {
    self = base
    (name, once) = (nil, [:])
  }

  mutating func inherit(_ execution: ImageConfig.Execution) {
    isKnown = true
    for entry in execution.env ?? [] {
      let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      environment[sides[0]] = sides.count > 1 ? sides[1] : ""
    }
    hasShell = execution.shell?.isEmpty == false
  }

  mutating func declare(_ argument: String, _ value: String?) {
    declared.insert(argument)
    if let value { arguments[argument] = value }
  }

  mutating func set(_ variable: String, _ value: String) { environment[variable] = value }
}
