public import Backend
import OCI
import StackModel

/// A line of `image ls`, under the names that Docker's templates have.
public struct ImageRow: Sendable, Codable, Equatable {
  public var Containers = "N/A"
  public var CreatedAt: String
  public var CreatedSince: String
  public var Digest: String
  public var ID: String
  public var Repository: String
  public var SharedSize = "N/A"
  public var Size: String
  public var Tag: String
  public var UniqueSize = "N/A"
  public var VirtualSize: String

  public static let headings = [
    "CreatedAt": "CREATED AT", "CreatedSince": "CREATED", "Digest": "DIGEST", "ID": "IMAGE ID", "Repository": "REPOSITORY", "Size": "SIZE",
    "Tag": "TAG", "Containers": "CONTAINERS", "SharedSize": "SHARED SIZE", "UniqueSize": "UNIQUE SIZE", "VirtualSize": "SIZE",
  ]

  /// A row a name, the newest image first. `now` in nanoseconds since 1970. `showsDigests`: a row for each digest of each name.
  public static func rows(of images: [ImageSummary], now: Int64, isTruncated: Bool, showsDigests: Bool) -> [ImageRow] {
    let made = images.map { ($0, $0.created.flatMap(moment)) }
    // Of equal age: in the order that they came in.
    let sorted = made.enumerated().sorted { ($1.element.1 ?? .min, $0.offset) < ($0.element.1 ?? .min, $1.offset) }.map(\.element)
    return sorted.flatMap { image, created in
      names(of: image, showsDigests: showsDigests).map { repository, tag, digest in
        let size = humanSize(image.size)
        return ImageRow(
          CreatedAt: created.map(shownMoment) ?? "N/A", CreatedSince: created.map { humanAge(of: $0, now: now) } ?? "N/A", Digest: digest,
          ID: isTruncated ? image.id.short : image.id.description, Repository: repository, Size: size, Tag: tag, VirtualSize: size)
      }
    }
  }

  private static func names(of image: ImageSummary, showsDigests: Bool) -> [(repository: String, tag: String, digest: String)] {
    let none = "<none>"
    var digests: [String: [String]] = [:]
    for name in image.digests ?? [] {
      let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
      if parts.count == 2 { digests[parts[0], default: []].append(parts[1]) }
    }
    var found: [(repository: String, tag: String, digest: String)] = []
    var named: Set<String> = []
    for reference in image.references.sorted() {
      let (repository, tag) = Table.parts(of: reference)
      named.insert(repository)
      for digest in showsDigests ? digests[repository] ?? [none] : [none] { found.append((repository, tag, digest)) }
    }
    for (repository, values) in digests.sorted(by: { $0.key < $1.key }) where !named.contains(repository) {
      for digest in showsDigests ? values : [none] { found.append((repository, none, digest)) }
    }
    return found.isEmpty ? [(none, none, none)] : found
  }

  public static func table(_ rows: [ImageRow], showsDigests: Bool) -> Table {
    Table(
      ["REPOSITORY", "TAG"] + (showsDigests ? ["DIGEST"] : []) + ["IMAGE ID", "CREATED", "SIZE"],
      rows: rows.map { [$0.Repository, $0.Tag] + (showsDigests ? [$0.Digest] : []) + [$0.ID, $0.CreatedSince, $0.Size] })
  }
}

/// `2026-11-21 07:40:30 +0000 UTC`, as Go prints it.
public func shownMoment(_ nanoseconds: Int64) -> String {
  let text = Timestamp.text(nanoseconds)
  return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " +0000 UTC"
}
