import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// A stack and what Docker Compose said of it, written down by `Recorded/record.py`.
struct RecordedCase: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  /// Paths seen from `/shop`.
  var files: [String: String]
  var environment: [String: String]?
  var arguments: [String]?
  var services: [String]?
  /// Where the command runs, seen from `/shop`.
  var directory: String?
  var input: String?
  /// nil: Compose refused it.
  var answer: [String: Value]?
  var error: String?
  var testDescription: String { name.replacing("\n", with: "⏎") }

  static func all(_ name: String) -> [RecordedCase] {
    let url = Bundle.module.resourceURL!.appendingPathComponent("Recorded/\(name).json")
    return try! JSONDecoder().decode([RecordedCase].self, from: Data(contentsOf: url))
  }

  /// What Muster makes of it.
  func load() -> Diagnosed<LoadedStack> {
    var request = LoadRequest(
      services: services ?? [], environment: ["HOME": "/home/someone"].merging(environment ?? [:]) { $1 },
      currentDirectory: Paths.absolute(directory ?? ".", in: "/shop"))
    var rest = (arguments ?? [])[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { break }
      switch option {
      case "-f": request.files.append(value)
      case "-p": request.projectName = value
      case "--env-file": request.envFiles.append(value)
      case "--profile": request.profiles.append(value)
      case "--project-directory": request.projectDirectory = value
      default: Issue.record("\(name): the test does not know \(option)")
      }
    }
    let present = Dictionary(uniqueKeysWithValues: files.map { (Paths.absolute($0.key, in: "/shop"), $0.value) })
    return loadStack(request, reader: MemoryFiles(files: present, standardInput: input ?? ""))
  }

  /// How Muster's answer differs, one line a place; empty: it does not.
  func difference() throws -> [String] {
    let loaded = load()
    guard let answer else { return loaded.value == nil ? [] : ["is taken"] }
    guard let value = loaded.value else { return lines(loaded).filter { $0.contains("error") } }
    let found = try parseJSON(renderConfig(value, format: .json))
    return answer.sorted { $0.key < $1.key }.flatMap { path, expected in
      let mine = path.split(separator: ".").reduce(found) { value, key in
        if case .map(let map) = value { map[String(key)] ?? .null } else { .null }
      }
      return differences(
        Self.plain(mine == .null ? .map([:]) : mine), Self.plain(expected.value == .null ? .map([:]) : expected.value), at: path)
    }
  }

  /// Without what says nothing: empty mappings, what stands there for "the image's own", and the targets of secrets and configs
  /// that are the standard ones, which later versions write out.
  private static func plain(_ value: ConfigValue) -> ConfigValue {
    switch value {
    case .map(let map):
      var map = map
      if case .string(let source)? = map["source"], map["type"] == nil {
        let standard = ["/\(source)", "/run/secrets/\(source)"].map { ConfigValue.string($0) }
        if let target = map["target"], standard.contains(target) { map["target"] = nil }
      }
      if map["type"] == nil, map["source"] != nil, case .string(let target)? = map["target"], target.hasPrefix("/run/secrets/") {
        map["target"] = .string(String(target.dropFirst("/run/secrets/".count)))
      }
      let kept = map.mapValues(plain).entries.filter { entry in
        entry.value != .map([:]) && !(entry.value == .null && ["command", "entrypoint"].contains(entry.key))
      }
      return .map(ConfigMap(kept.map { ($0.key, $0.value) }))
    case .list(let list): return .list(list.map(plain))
    default: return value
    }
  }

  /// JSON of any kind.
  struct Value: Decodable, Sendable {
    var value: ConfigValue
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        value = .null
      } else if let bool = try? container.decode(Bool.self) {
        value = .bool(bool)
      } else if let integer = try? container.decode(Int64.self) {
        value = .integer(integer)
      } else if let float = try? container.decode(Double.self) {
        value = .float(float)
      } else if let text = try? container.decode(String.self) {
        value = .string(text)
      } else if let list = try? container.decode([Value].self) {
        value = .list(list.map(\.value))
      } else {
        value = .map(ConfigMap(try container.decode([String: Value].self).mapValues(\.value)))
      }
    }
  }
}
