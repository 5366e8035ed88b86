public import Backend

/// A line of `search`, under the names that Docker's templates have.
public struct SearchRow: Sendable, Codable, Equatable {
  public var Name: String
  public var Description: String
  public var StarCount: String
  /// `[OK]` or nothing; in JSON `true` or `false`.
  public var IsOfficial: String
  /// Of older templates: nothing is. Not in JSON, where Docker no longer has it.
  public var IsAutomated: String?

  public static let headings = [
    "Name": "NAME", "Description": "DESCRIPTION", "StarCount": "STARS", "IsOfficial": "OFFICIAL", "IsAutomated": "AUTOMATED",
  ]

  /// `isJSON`: the row is to be seen as JSON, in which Docker writes its answers out.
  public init(_ result: SearchResult, isTruncated: Bool, isJSON: Bool = false) {
    Name = result.name
    let line = String(result.description.map { $0.isNewline ? " " : $0 })
    Description = isTruncated ? line.truncated(to: 45) : line
    StarCount = String(result.stars)
    IsOfficial = isJSON ? String(result.isOfficial) : result.isOfficial ? "[OK]" : ""
    IsAutomated = isJSON ? nil : ""
  }

  public static func table(_ rows: [SearchRow]) -> Table {
    Table(["NAME", "DESCRIPTION", "STARS", "OFFICIAL"], rows: rows.map { [$0.Name, $0.Description, $0.StarCount, $0.IsOfficial] })
  }
}
