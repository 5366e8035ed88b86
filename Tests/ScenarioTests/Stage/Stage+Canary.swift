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

  /// The engine's memory and its shims', as a core dump would have them, are free of the values a tenth of a second after the last was handed
  /// over. What was just read may still be in the registers and stacks of threads that sleep: another command comes first.
  func expectForgotten(_ values: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await self("ps")
    try await Task.sleep(for: .milliseconds(100))
    let pids = HostLedger.processes(under: muster.root).filter {
      ["musterd\n", "muster-shim\n"].contains((try? readText("/proc/\($0)/comm")) ?? "")
    }
    #expect(pids.count > 1, "there is no engine with a shim", sourceLocation: sourceLocation)
    let engine = try #require(muster.engine)
    #expect(!(try ProcessMemory.places(of: Array(muster.root.utf8), in: engine).isEmpty), "nothing is found in the engine's memory")
    for pid in pids {
      for value in values {
        // As it came in the API's JSON, too.
        for form in [Array(value.utf8), base64(value)] {
          let places = try ProcessMemory.places(of: form, in: pid)
          let name = (try? readText("/proc/\(pid)/comm").dropLast()) ?? ""
          #expect(
            places.isEmpty, "\(String(decoding: form, as: UTF8.self)) is in the memory of \(name) at \(places)",
            sourceLocation: sourceLocation)
        }
      }
    }
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

/// The characters of a text's base64 that do not depend on what follows.
private func base64(_ text: String) -> [UInt8] {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  let bytes = Array(text.utf8)
  return stride(from: 0, to: bytes.count - bytes.count % 3, by: 3).flatMap { at -> [UInt8] in
    let group = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
    return [18, 12, 6, 0].map { letters[Int(group >> $0 & 63)] }
  }
}
