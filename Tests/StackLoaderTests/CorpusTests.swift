import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// Real stack files against what Docker Compose 2.26.1 makes of them. The comparison ignores nothing but the order of keys.
@Suite struct CorpusTests {
  static let directory = Bundle.module.resourceURL!.appendingPathComponent("Corpus").path

  static let names = try! FileManager.default.contentsOfDirectory(atPath: directory)
    .filter { FileManager.default.fileExists(atPath: "\(directory)/\($0)/compose.yaml") }.sorted()

  static func request(_ name: String) -> LoadRequest {
    LoadRequest(environment: ["HOME": "/home/someone"], currentDirectory: "\(directory)/\(name)")
  }

  @Test(arguments: names) func meansWhatComposeSays(_ name: String) throws {
    let loaded = loadStack(Self.request(name))
    let stack = try #require(loaded.value, "\(lines(loaded))")
    let text = try String(contentsOfFile: "\(Self.directory)/\(name)/expected.json", encoding: .utf8)
      .replacing("${PROJECT_DIR}", with: "\(Self.directory)/\(name)").replacing("${HOME}", with: "/home/someone")
    let expected = try parseJSON(text)
    #expect(differences(try parseJSON(renderConfig(stack, format: .json)), expected) == [])
  }

  /// What `config` prints means the same when it is read again.
  @Test(arguments: names) func readsItsOwnOutput(_ name: String) throws {
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
}
