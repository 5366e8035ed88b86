import ArgumentParser
import Reconciler
import StackModel

/// What `up`, `create` and `plan` have in common.
struct UpArguments: ParsableArguments {
  @Flag(help: "Build images before.") var build = false
  @Flag(help: "Build no image, even if it is missing.") var noBuild = false
  @Flag(help: "Recreate containers even if nothing changed.") var forceRecreate = false
  @Flag(help: "Keep containers that exist, even if they changed.") var noRecreate = false
  @Flag(help: "Remove containers of services that are not in the stack file.") var removeOrphans = false
  @Option(help: ArgumentHelp("Number of containers of a service.", valueName: "service=number")) var scale: [String] = []
  @Option(help: "Pull images before: always, missing or never (default: each service's pull_policy).") var pull: String?
  @Flag(help: "Show no progress of pulls.") var quietPull = false
  @Flag(help: "Show no output of builds.") var quietBuild = false

  func validate() throws {
    if build && noBuild { throw ValidationError("--build and --no-build cannot be combined") }
    if forceRecreate && noRecreate { throw ValidationError("--force-recreate and --no-recreate are incompatible") }
    switch pull {
    case nil, "always", "missing", "never", "policy": break
    default: throw ValidationError("--pull: missing, never or always")
    }
  }

  /// What of the operation is shown.
  var filter: EventFilter { EventFilter(hidesBuilds: quietBuild, hidesPulls: quietPull) }

  /// None of them is given.
  var isEmpty: Bool {
    !build && !noBuild && !forceRecreate && !noRecreate && !removeOrphans && scale.isEmpty && pull == nil
  }

  /// The operation's options; `services` as on the command line.
  func options(_ services: [String]) throws -> UpOptions {
    var options = UpOptions()
    options.services = services.map { ServiceName($0) }
    options.build = build ? .always : noBuild ? .never : .ifMissing
    options.pull = pull.flatMap { PullPolicy(rawValue: $0) }
    options.forceRecreate = forceRecreate
    options.noRecreate = noRecreate
    options.removeOrphans = removeOrphans
    for entry in scale {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let count = Int(parts[1]), count >= 0 else {
        throw Exit(1, "--scale \(entry): write SERVICE=NUMBER")
      }
      options.scale[ServiceName(String(parts[0]))] = count
    }
    return options
  }
}
