import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// A stack in `Config`, with what `docker compose config` of 2.26.1 printed for it.
struct RecordedStack: Sendable, CustomTestStringConvertible {
  static let parent = Bundle.module.resourceURL!.appendingPathComponent("Config").path
  static let home = "/home/someone"

  static let all = try! FileManager.default.contentsOfDirectory(atPath: parent).sorted().map(RecordedStack.init)
    .filter { $0.has("expected.json") || $0.has("expected.error") }
  static let printed = all.filter { $0.has("expected.json") }
  static let refused = all.filter { $0.has("expected.error") }

  let name: String
  var directory: String { "\(Self.parent)/\(name)" }
  var testDescription: String { name }

  func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(directory)/\(file)") }

  func text(_ file: String) throws -> String {
    try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
      .replacing("${PROJECT_DIR}", with: directory).replacing("${PARENT}", with: Self.parent).replacing("${HOME}", with: Self.home)
  }

  var environment: [String: String] {
    let lines = (try? text("shell.env"))?.split(separator: "\n") ?? []
    let given = lines.compactMap { line in line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) } }
    return Dictionary(given) { $1 }.merging(["HOME": Self.home, "PATH": "/usr/bin"]) { old, _ in old }
  }

  /// The words of `command`: global options, and after `--` those of `config`.
  var words: [String] { Values.words((try? text("command")) ?? "") ?? [] }

  var request: LoadRequest {
    var request = LoadRequest(environment: environment, currentDirectory: directory)
    var rest = words[...]
    while let word = rest.popFirst(), word != "--" {
      let value = rest.popFirst() ?? ""
      switch word {
      case "-f": request.files.append(value)
      case "-p": request.projectName = value
      case "--env-file": request.envFiles.append(value)
      case "--profile": request.profiles.append(value)
      case "--project-directory": request.projectDirectory = value
      default: Issue.record("\(name): the test does not know \(word)")
      }
    }
    request.services = rest.filter { !$0.hasPrefix("-") }
    request.interpolates = !rest.contains("--no-interpolate")
    request.checksConsistency = !rest.contains("--no-consistency")
    return request
  }

  func render(_ loaded: LoadedStack, _ format: ConfigFormat) -> String {
    renderConfig(
      loaded, format: format,
      options: ConfigOptions(normalizes: !words.contains("--no-normalize"), resolvesPaths: !words.contains("--no-path-resolution")),
      services: request.services)
  }
}
