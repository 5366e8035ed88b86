import Glibc
import TestSupport
import Testing

extension Stage {
  /// Looks for values where they must not be: the engine's root with its run directory, logs, images and store, what the API and the command say,
  /// every process's arguments and environment.
  ///
  /// - Parameter said: What commands have printed before.
  func expectHidden(_ values: [String], said: [Outcome] = [], sourceLocation: SourceLocation = #_sourceLocation) async throws {
    var outcomes = said
    for command in [
      ["config"], ["plan"], ["plan", "--format", "json"], ["ps", "--all", "--format", "json"], ["secret", "ls", "--format", "json"], ["ls"],
    ] {
      outcomes.append(try await muster(command, in: directory, environment: environment))
    }
    let names = try await self("secret", "ls", "--quiet").lines.map(String.init)
    if !names.isEmpty { outcomes.append(try await muster(["secret", "inspect"] + names, in: directory, environment: environment)) }
    for target in ["/secrets", "/stacks", "/stacks/shop", "/images/json", "/version"] + names.map({ "/secrets/\($0)" }) {
      outcomes.append(
        try await run("curl", "--silent", "--unix-socket", muster.runDirectory + "/muster.sock", "http://muster" + target))
    }
    for value in values {
      for outcome in outcomes {
        let command = outcome.command.joined(separator: " ")
        #expect(!"\(outcome.output)\(outcome.errors)".contains(value), "\(value) was told by \(command)", sourceLocation: sourceLocation)
      }
      for pid in TestSupport.names(in: "/proc").compactMap({ Int32($0) }) where pid != getpid() {
        for file in ["environ", "cmdline"] {
          let text = (try? readText("/proc/\(pid)/\(file)")) ?? ""
          #expect(!text.contains(value), "\(value) is in /proc/\(pid)/\(file)", sourceLocation: sourceLocation)
        }
      }
    }
    let patterns = values.flatMap { ["--regexp", $0] }
    let found = try await run(
      ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings"] + patterns + [muster.root])
    #expect(found.output.isEmpty, "in clear in\n\(found.output)", sourceLocation: sourceLocation)
  }

  /// The first process of a container, as the host counts.
  func pid(of container: String) async throws -> Int32? {
    let shims = HostLedger.processes(under: muster.root).filter { (try? readText("/proc/\($0)/comm")) == "muster-shim\n" }
    for shim in shims {
      let children = (try? readText("/proc/\(shim)/task/\(shim)/children")) ?? ""
      for child in children.split(separator: " ").compactMap({ Int32($0) }) {
        let table = (try? readText("/proc/\(child)/mountinfo")) ?? ""
        if table.contains(container) { return child }
      }
    }
    return nil
  }
}
