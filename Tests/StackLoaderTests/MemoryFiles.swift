import Diagnostics
import StackModel

@testable import StackLoader

/// Files that exist in a test only.
struct MemoryFiles: FileReader {
  var files: [String: String]
  var standardInput = ""

  func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    guard let text = files[path] else { throw files.keys.contains { $0.hasPrefix(path + "/") } ? .notRegular : .missing }
    guard text.utf8.count <= limit else { throw .tooLarge(limit: limit) }
    return Array(text.utf8)
  }
  func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { Array(standardInput.utf8) }
  func hasFile(_ path: String) -> Bool { files[path] != nil }
}

/// Loads `/shop/compose.yaml` with this text and the other files.
func load(
  _ text: String, files: [String: String] = [:], environment: [String: String] = [:],
  _ adjust: (inout LoadRequest) -> Void = { _ in }
) -> Diagnosed<LoadedStack> {
  var request = LoadRequest(environment: environment, currentDirectory: "/shop")
  adjust(&request)
  return loadStack(request, reader: MemoryFiles(files: files.merging(["/shop/compose.yaml": text]) { $1 }))
}

/// One line a diagnostic: `compose.yaml:3:5: error MU0301: message | hint`.
func lines(_ diagnosed: Diagnosed<some Sendable>) -> [String] {
  diagnosed.diagnostics.map { diagnostic in
    let place = diagnostic.range.map { "\($0): " } ?? ""
    return "\(place)\(diagnostic.severity.rawValue) \(diagnostic.code): \(diagnostic.message)" + (diagnostic.hint.map { " | \($0)" } ?? "")
  }
}

/// The service `web` of a stack whose services are this text, indented by two.
func service(_ keys: String, top: String = "", environment: [String: String] = [:]) -> (service: Service?, lines: [String]) {
  let body = keys.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
  let loaded = load("services:\n  web:\n    image: nginx\n\(body)\n\(top)", environment: environment)
  return (loaded.value?.stack.services["web"], lines(loaded))
}
