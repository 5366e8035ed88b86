/// The parts of the SARIF 2.1.0 schema that are used: which properties an object may and must have, and what they hold.
enum SARIFShape {
  indirect enum Kind: Sendable {
    case text
    case words([String])
    case integer(minimum: Int)
    case list(of: Kind)
    case object([String: (kind: Kind, isRequired: Bool)])
  }

  private static let message = Kind.object(["text": (.text, true), "markdown": (.text, false), "id": (.text, false)])
  private static let multiformat = Kind.object(["text": (.text, true), "markdown": (.text, false)])
  private static let levels = Kind.words(["none", "note", "warning", "error"])
  private static let artifactLocation = Kind.object([
    "uri": (.text, false), "uriBaseId": (.text, false), "index": (.integer(minimum: -1), false),
  ])
  private static let region = Kind.object([
    "startLine": (.integer(minimum: 1), false), "startColumn": (.integer(minimum: 1), false), "endLine": (.integer(minimum: 1), false),
    "endColumn": (.integer(minimum: 1), false), "snippet": (.object(["text": (.text, false)]), false),
  ])
  private static let location = Kind.object([
    "id": (.integer(minimum: -1), false), "message": (message, false),
    "physicalLocation": (.object(["artifactLocation": (artifactLocation, false), "region": (region, false)]), false),
  ])
  private static let descriptor = Kind.object([
    "id": (.text, true), "name": (.text, false), "shortDescription": (multiformat, false), "fullDescription": (multiformat, false),
    "help": (multiformat, false), "helpUri": (.text, false), "defaultConfiguration": (.object(["level": (levels, false)]), false),
  ])
  private static let replacement = Kind.object([
    "deletedRegion": (region, true), "insertedContent": (.object(["text": (.text, false)]), false),
  ])
  private static let change = Kind.object([
    "artifactLocation": (artifactLocation, true), "replacements": (.list(of: replacement), true),
  ])
  private static let result = Kind.object([
    "ruleId": (.text, false), "ruleIndex": (.integer(minimum: -1), false), "level": (levels, false), "message": (message, true),
    "locations": (.list(of: location), false), "relatedLocations": (.list(of: location), false),
    "fixes": (.list(of: .object(["description": (message, false), "artifactChanges": (.list(of: change), true)])), false),
  ])
  private static let driver = Kind.object([
    "name": (.text, true), "version": (.text, false), "semanticVersion": (.text, false), "informationUri": (.text, false),
    "rules": (.list(of: descriptor), false),
  ])
  private static let run = Kind.object([
    "tool": (.object(["driver": (driver, true)]), true), "columnKind": (.words(["utf16CodeUnits", "unicodeCodePoints"]), false),
    "results": (.list(of: result), false),
  ])
  private static let log = Kind.object(["$schema": (.text, false), "version": (.words(["2.1.0"]), true), "runs": (.list(of: run), true)])

  /// What is not as the schema has it, one line a place.
  static func problems(_ value: Any) -> [String] { problems(value, log, at: "log") }

  private static func problems(_ value: Any, _ kind: Kind, at path: String) -> [String] {
    switch kind {
    case .text: return value is String ? [] : ["\(path) is no text"]
    case .words(let words): return words.contains(value as? String ?? "") ? [] : ["\(path) is \(value)"]
    case .integer(let minimum): return (value as? Int ?? Int.min) >= minimum ? [] : ["\(path) is \(value)"]
    case .list(let kind):
      guard let list = value as? [Any] else { return ["\(path) is no list"] }
      return list.enumerated().flatMap { problems($1, kind, at: "\(path)[\($0)]") }
    case .object(let properties):
      guard let object = value as? [String: Any] else { return ["\(path) is no object"] }
      let missing = properties.filter { $0.value.isRequired && object[$0.key] == nil }.keys.map { "\(path).\($0) is missing" }
      return missing
        + object.flatMap { key, value in
          properties[key].map { problems(value, $0.kind, at: "\(path).\(key)") } ?? ["\(path).\(key) is not in the schema"]
        }
    }
  }
}
