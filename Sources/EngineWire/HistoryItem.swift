public import Backend
import OCI
import StackModel

/// A step of an image's making, as Docker's `GET /images/{name}/history` has it, the newest first.
public struct HistoryItem: Sendable, Codable, Equatable {
  public var Id: String
  /// Seconds since 1970.
  public var Created: Int64
  public var CreatedBy: String
  public var Tags: [String]?
  public var Size: Int64
  public var Comment: String

  public static func all(of image: ImageDetail) -> [HistoryItem] {
    var sizes = image.layerSizes[...]
    var items = (image.config.history ?? []).map { step in
      HistoryItem(
        Id: "<missing>", Created: (step.created.flatMap { Timestamp.nanoseconds($0) } ?? 0) / 1_000_000_000,
        CreatedBy: step.createdBy ?? "", Tags: nil, Size: step.emptyLayer == true ? 0 : sizes.popFirst() ?? 0, Comment: step.comment ?? "")
    }
    // Layers that no step tells of.
    for size in sizes { items.append(HistoryItem(Id: "<missing>", Created: 0, CreatedBy: "", Tags: nil, Size: size, Comment: "")) }
    items.reverse()
    if items.isEmpty { items = [HistoryItem(Id: "", Created: 0, CreatedBy: "", Tags: nil, Size: 0, Comment: "")] }
    items[0].Id = image.summary.id.description
    items[0].Tags = image.summary.references
    return items
  }
}
