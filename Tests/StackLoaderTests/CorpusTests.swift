import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// Real stack files against what Docker Compose 2.26.1 makes of them.
@Suite struct CorpusTests {
  static let directory = Bundle.module.resourceURL!.appendingPathComponent("Corpus").path

  static let names = try! FileManager.default.contentsOfDirectory(atPath: directory)
    .filter { FileManager.default.fileExists(atPath: "\(directory)/\($0)/compose.yaml") }.sorted()

  static func request(_ name: String) -> LoadRequest {
    LoadRequest(environment: ["HOME": "/home/someone"], currentDirectory: "\(directory)/\(name)")
  }

  /// Needs what this version refuses by name.
  static let refused: [String: [String]] = [
    "wasmedge-mysql-nginx": [
      "service \"backend\": platform \"wasi/wasm\" is not supported yet by this version",
      "service \"backend\": runtime \"io.containerd.wasmedge.v1\" is not supported yet by this version",
    ]
  ]

  @Test(arguments: names) func meansWhatComposeSays(_ name: String) throws {
    let loaded = loadStack(Self.request(name))
    if let refused = Self.refused[name] {
      #expect(loaded.diagnostics.filter { $0.severity == .error }.map(\.message) == refused)
      return
    }
    let stack = try #require(loaded.value, "\(lines(loaded))")
    let text = try String(contentsOfFile: "\(Self.directory)/\(name)/expected.json", encoding: .utf8)
      .replacing("${PROJECT_DIR}", with: "\(Self.directory)/\(name)").replacing("${HOME}", with: "/home/someone")
    let expected = try parseJSON(text)
    #expect(differences(modern(try parseJSON(renderConfig(stack, format: .json))), modern(expected)) == [])
  }

  /// What `config` prints means the same when it is read again.
  @Test(arguments: names.filter { refused[$0] == nil }) func readsItsOwnOutput(_ name: String) throws {
    let first = try #require(loadStack(Self.request(name)).value)
    for format in [ConfigFormat.yaml, .json] {
      let text = renderConfig(first, format: format)
      let again = loadStack(
        LoadRequest(files: ["/x/\(name).yaml"], projectDirectory: "/x", environment: ["HOME": "/home/someone"], currentDirectory: "/x"),
        reader: MemoryFiles(files: ["/x/\(name).yaml": text]))
      let second = try #require(again.value, "\(lines(again))")
      #expect(renderConfig(second, format: format) == text)
    }
  }

  /// Compose 2.26.1 left `bind` out of binds in long form, which later versions do not.
  private func modern(_ value: ConfigValue) -> ConfigValue {
    switch value {
    case .list(let values): .list(values.map(modern))
    case .map(var values):
      {
        if values["type"] == .string("bind"), values["bind"] == nil { values["bind"] = .map(["create_host_path": .bool(true)]) }
        return .map(values.mapValues(modern))
      }()
    default: value
    }
  }
}
