import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// Everything that is found in real stacks, read critically once and kept: Corpus/lint/findings.txt.
@Suite struct LintCorpusTests {
  @Test func findings() throws {
    var found = ""
    for name in CorpusTests.names {
      let checked = checkStack(CorpusTests.request(name))
      let lines = checked.diagnostics.filter { $0.code.hasPrefix("MU06") }.map(described)
      found += "\(name)\n" + lines.map { "  \($0.replacing("\(CorpusTests.directory)/\(name)/", with: ""))\n" }.joined()
    }
    let recorded = CorpusTests.directory + "/lint/findings.txt"
    // To record: MUSTER_RECORD=1; then read every line of the difference.
    if ProcessInfo.processInfo.environment["MUSTER_RECORD"] != nil {
      let source = LintTests.tree.appending(path: "Tests/StackLoaderTests/Corpus/lint/findings.txt")
      try found.write(to: source, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOfFile: recorded, encoding: .utf8)
    let difference = found.split(separator: "\n").difference(from: expected.split(separator: "\n"))
    #expect(difference.isEmpty, "\(difference.map { "\($0)" }.joined(separator: "\n"))")
  }

  /// Fixes change no real stack, and what they leave is found in the rewritten files again.
  @Test(arguments: CorpusTests.names) func fixes(_ name: String) {
    let rewriting = rewriteStack(CorpusTests.request(name))
    #expect(rewriting.refused.isEmpty)
    #expect(rewriting.remaining.allSatisfy { $0.fix?.isSafe != true })
  }
}
