import Diagnostics
import Foundation
import StackModel
import Testing

@testable import StackLoader

/// No key of the specification is dropped in silence: taking any of them out of a file that has all of them gives another stack.
@Suite struct EveryKeyTests {
  private enum Step: Hashable {
    case key(String)
    case item(Int)
  }

  /// A file's text as a tree.
  private static func tree(_ text: String) -> Node? {
    let origin = Origin(
      file: "every.yaml", directory: "/shop", currentDirectory: "/shop", environment: Variables(shell: ["KEY": "hush"]),
      bytes: Array(text.utf8))
    return parseYAML(Array(text.utf8), origin, Report())?.first
  }

  /// All of a tree's keys, by the way to them.
  private static func keys(of node: Node) -> [[Step]] {
    switch node.value {
    case .mapping(let mapping):
      mapping.entries.flatMap { entry in [[.key(entry.key)]] + keys(of: entry.value).map { [.key(entry.key)] + $0 } }
    case .sequence(let nodes): nodes.enumerated().flatMap { index, inner in keys(of: inner).map { [.item(index)] + $0 } }
    default: []
    }
  }

  private static func removing(_ path: ArraySlice<Step>, from node: Node) -> Node {
    guard let step = path.first else { return node }
    var copy = node
    switch (step, node.value) {
    case (.key(let key), .mapping(let mapping)):
      let kept = path.count == 1 ? mapping.filter { $0.key != key } : mapping
      copy.value = .mapping(kept.mapValues { $0.key == key ? removing(path.dropFirst(), from: $0.value) : $0.value })
    case (.item(let index), .sequence(var nodes)):
      nodes[index] = removing(path.dropFirst(), from: nodes[index])
      copy.value = .sequence(nodes)
    default: break
    }
    return copy
  }

  /// Whether a way is one of the schema's, which has `*` for names of the user's own and no steps for list items.
  private static func matches(_ path: [Step], _ pattern: [String]) -> Bool {
    let keys = path.compactMap { step in if case .key(let key) = step { key } else { nil } }
    guard case .key? = path.last else { return false }
    return keys.count == pattern.count && zip(keys, pattern).allSatisfy { $1 == "*" || $0 == $1 }
  }

  /// The stack and the values beside it; nil when the tree is refused.
  private static func decoded(_ tree: Node, _ report: Report = Report()) -> (stack: Stack, values: [String: String])? {
    let decoder = StackDecoder(
      model: tree, request: LoadRequest(currentDirectory: "/shop"), name: "every", directory: "/shop", files: [], activeProfiles: ["dev"],
      environment: ["HOME": "/home/me"], reader: MemoryFiles(files: EveryKeyDocument.files), report: report)
    let found = decoder.decode()
    return report.hasErrors ? nil : (found.stack, found.values)
  }

  @Test func aFileWithAllOfThemIsRead() throws {
    let report = Report()
    let found = Self.decoded(try #require(Self.tree(EveryKeyDocument.text)), report)
    #expect(report.diagnostics.filter { $0.severity == .error && $0.finding == nil }.map(\.message) == [])
    #expect(found != nil)
    let loaded = load(EveryKeyDocument.text, files: EveryKeyDocument.files, environment: ["KEY": "hush"]) { $0.profiles = ["dev"] }
    #expect(loaded.diagnostics.filter { $0.severity == .error && $0.finding == nil }.map(\.message) == [])
    #expect(loaded.value != nil)
  }

  @Test func takingOneOutIsSeen() throws {
    let tree = try #require(Self.tree(EveryKeyDocument.text))
    let all = try #require(Self.decoded(tree))
    let paths = Self.keys(of: tree)
    var silent: [String] = []
    for key in try specificationPaths() where !key.hasSuffix("*") && !Self.saysWhatIsRead(key) {
      let pattern = key.split(separator: ".").map(String.init)
      let places = paths.filter { Self.matches($0, pattern) }
      if places.isEmpty { silent.append("\(key) is not in the document") }
      let isSeen = places.contains { place in
        guard let without = Self.decoded(Self.removing(place[...], from: tree)) else { return true }
        return without != all
      }
      if !places.isEmpty, !isSeen { silent.append(key) }
    }
    #expect(silent.sorted() == [])
  }

  /// Keys that the loader follows before there is anything to decode. `version` means nothing, which a warning says.
  private static func saysWhatIsRead(_ key: String) -> Bool {
    key == "version" || key == "name" || key.hasPrefix("include") || key.hasPrefix("services.*.extends")
  }

  @Test func takingOutWhatIsReadIsSeen() throws {
    func loaded(_ tree: Node) -> Stack? {
      let text = JSONWriter().text(ConfigValue(tree))
      guard var stack = load(text, files: EveryKeyDocument.files).value?.stack else { return nil }
      for name in stack.services.keys { stack.services[name]?.origin = nil }
      return stack
    }
    let tree = try #require(Self.tree(EveryKeyDocument.loading))
    let all = try #require(loaded(tree))
    let paths = Self.keys(of: tree)
    for key in try specificationPaths() where Self.saysWhatIsRead(key) && key != "version" {
      let places = paths.filter { Self.matches($0, key.split(separator: ".").map(String.init)) }
      #expect(!places.isEmpty && places.contains { loaded(Self.removing($0[...], from: tree)) != all }, "\(key)")
    }
  }
}
