import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// Mistakes that people make, and the exact answers. `MUSTER_WRITE_GOLDEN=1` writes the answers anew, to be read before they are kept.
@Suite struct MistakeTests {
  static let directory = GeneratedFile.package.appending(path: "Tests/StackLoaderTests/Mistakes")

  static let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.resolvingSymlinksInPath().path).sorted()) ?? []

  @Test func thereAreEnough() { #expect(Self.names.count >= 40) }

  @Test(arguments: names) func isExplained(_ name: String) throws {
    let text = try String(contentsOf: Self.directory.appending(path: "\(name)/compose.yaml"), encoding: .utf8)
    let loaded = load(text)
    #expect(loaded.diagnostics.contains { $0.severity == .error })
    for diagnostic in loaded.diagnostics { #expect(diagnostic.range?.file == "compose.yaml") }
    try GeneratedFile(path: "Tests/StackLoaderTests/Mistakes/\(name)/expected.txt")
      .expect(DiagnosticRenderer(style: .plain).render(loaded.diagnostics))
  }
}
