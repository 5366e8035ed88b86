import Foundation
import Testing

@testable import StackLoader

/// What is made from the table of keys is in the tree as it would be made now.
@Suite struct GeneratedFilesTests {
  @Test func schemaForEditors() throws { try GeneratedFile(path: "schemas/stack.schema.json").expect(EditorSchema.text()) }

  @Test func pageOfAllKeys() throws { try GeneratedFile(path: "Sources/StackLoader/StackLoader.docc/Keys.md").expect(KeyPage.text()) }

  /// Editors find the schema from the examples.
  @Test func examplesNameTheSchema() throws {
    let examples = GeneratedFile.package.appending(path: "examples")
    let names = try FileManager.default.contentsOfDirectory(atPath: examples.resolvingSymlinksInPath().path)
    let files = names.map { examples.appending(path: "\($0)/compose.yaml") }.filter { FileManager.default.fileExists(atPath: $0.path) }
    #expect(!files.isEmpty)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.hasPrefix("# yaml-language-server: $schema=../../schemas/stack.schema.json\n"), "\(file.path)")
    }
  }

  /// The editors' schema accepts what people really write.
  @Test(arguments: CorpusTests.names) func schemaAcceptsRealFiles(_ name: String) throws {
    let text = try String(contentsOfFile: "\(CorpusTests.directory)/\(name)/compose.yaml", encoding: .utf8)
    #expect(JSONSchema(root: try parseJSON(EditorSchema.text())).accepts(ConfigValue(try parse(text))))
  }
}
