import OCI
import StackModel

/// A line of `image history`, under the names that Docker's templates have.
public struct HistoryRow: Sendable, Codable, Equatable {
  public var Comment: String
  public var CreatedAt: String
  public var CreatedBy: String
  public var CreatedSince: String
  public var ID: String
  public var Size: String

  public static let headings = [
    "Comment": "COMMENT", "CreatedAt": "CREATED AT", "CreatedBy": "CREATED BY", "CreatedSince": "CREATED", "ID": "IMAGE", "Size": "SIZE",
  ]

  /// Times in nanoseconds since 1970; `created` 0: not known.
  public init(
    id: String, created: Int64, createdBy: String, size: Int64, comment: String, now: Int64, isHuman: Bool, isTruncated: Bool
  ) {
    ID = isTruncated ? Digest(id)?.short ?? id : id
    let command = createdBy.replacing("\t", with: " ")
    CreatedBy = isTruncated ? command.truncated(to: 45) : command
    CreatedAt = created == 0 ? "" : String(Timestamp.text(created).prefix(19)) + "Z"
    CreatedSince = created == 0 ? "N/A" : isHuman ? humanAge(of: created, now: now) : CreatedAt
    Size = isHuman ? humanSize(size) : String(size)
    Comment = comment
  }

  public static func table(_ rows: [HistoryRow]) -> Table {
    Table(
      ["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"],
      rows: rows.map { [$0.ID, $0.CreatedSince, $0.CreatedBy, $0.Size, $0.Comment] })
  }
}
