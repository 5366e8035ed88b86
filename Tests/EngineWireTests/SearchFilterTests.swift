import Backend
import EngineWire
import Testing

@Suite struct SearchFilterTests {
  private let results = [
    SearchResult(name: "debian", stars: 5000, isOfficial: true), SearchResult(name: "a/debian", stars: 3), SearchResult(name: "b/debian"),
  ]

  @Test(
    arguments: [
      ([], ["debian", "a/debian", "b/debian"]), (["is-official=true"], ["debian"]), (["is-official=0"], ["a/debian", "b/debian"]),
      (["stars=3"], ["debian", "a/debian"]), (["stars=3", "stars=4"], ["debian"]), (["stars=1", "is-official=false"], ["a/debian"]),
      (["is-automated=true"], []), (["is-automated=false"], ["debian", "a/debian", "b/debian"]), (["IS-OFFICIAL=TRUE"], ["debian"]),
    ] as [([String], [String])])
  func whatPasses(arguments: [String], names: [String]) throws {
    #expect(try SearchFilter(arguments: arguments).apply(to: results).map(\.name) == names)
  }

  @Test(arguments: [
    ["stars=many"], ["is-official"], ["is-official="], ["is-official=perhaps"], ["name=x"], ["is-official=1", "is-official=0"],
  ])
  func whatIsNoFilterIsRefused(arguments: [String]) {
    #expect(throws: EngineError.self) { try SearchFilter(arguments: arguments) }
  }
}
