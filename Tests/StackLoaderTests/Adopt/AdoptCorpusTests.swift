import Foundation
import Testing

@testable import StackLoader

/// Every variable of every real stack, one at a time; and damaged files, which must not crash it.
@Suite struct AdoptCorpusTests {
  @Test func everyVariableIsAdoptedOrRefusedByName() throws {
    var adopted = 0
    var reasons: [String: Int] = [:]
    for name in CorpusTests.names {
      let request = CorpusTests.request(name)
      guard let loaded = checkStack(request).loaded else { continue }
      for entry in loaded.merged["services"]?.mapping?.entries ?? [] {
        for variable in entry.value["environment"].map(keyed)?.mapping?.keys ?? [] {
          do {
            let adoption = try adoptVariables(
              AdoptionRequest(
                stack: request, service: entry.key, variables: [variable], usesWrapper: true,
                imageProcess: .init(entrypoint: ["/entry"], command: ["run"])))
            #expect(!adoption.files.isEmpty)
            adopted += 1
          } catch {
            reasons[error.message.split(separator: ":").last.map(String.init) ?? "", default: 0] += 1
            for layout in [
              "would not be right", "cannot be rewritten", "meet each other", "nothing can be added", "not say what was meant",
            ] {
              #expect(!error.message.contains(layout), "\(name): \(error)")
            }
          }
        }
      }
    }
    print("\(adopted) variables of real stacks adopted; refused: \(reasons)")
    #expect(adopted > 50, "\(reasons)")
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func damagedFiles(_ seed: UInt64) throws {
    let original = try String(contentsOfFile: CorpusTests.directory + "/lint/before.yaml", encoding: .utf8)
    let scalars = Array(original.unicodeScalars)
    let pieces = ["\"", "- ", "#", "{", "}", "[", "]", ",", "&a ", "*a", "|\n", "\r\n", "é", "$", "<<: *a\n", "\n", "  ", "secrets: "]
    var state = seed &+ 1
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(limit))
    }
    let rounds = ProcessInfo.processInfo.environment["MUSTER_FUZZ"].flatMap { Int($0) } ?? 12
    for _ in 0..<rounds {
      var changed = scalars
      for _ in 0...next(3) {
        let at = next(changed.count)
        changed.replaceSubrange(at..<min(changed.count, at + next(6)), with: pieces[next(pieces.count)].unicodeScalars)
      }
      let files = MemoryFiles(files: ["/shop/compose.yaml": String(String.UnicodeScalarView(changed))])
      let stack = LoadRequest(currentDirectory: "/shop")
      for entry in checkStack(stack, reader: files).loaded?.merged["services"]?.mapping?.entries ?? [] {
        for variable in (entry.value["environment"].map(keyed)?.mapping?.keys ?? []).prefix(4) {
          _ = try? adoptVariables(
            AdoptionRequest(stack: stack, service: entry.key, variables: [variable], usesWrapper: true), reader: files)
        }
      }
    }
  }
}
