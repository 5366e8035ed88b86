public import Backend
import OCI
import Reconciler
import StackModel

/// What `system df` prints: a line a kind, or with `-v` a table a kind.
public struct UsageTables: Sendable {
  public let usage: DiskUsage
  /// Nanoseconds since 1970.
  public let now: Int64
  public init(_ usage: DiskUsage, now: Int64) {
    self.usage = usage
    self.now = now
  }

  /// A line of the summary, under the names that Docker's templates have.
  public struct Row: Sendable, Codable, Equatable {
    public var Active: String
    public var Reclaimable: String
    public var Size: String
    public var TotalCount: String
    public var `Type`: String
    init(_ type: String, total: Int, active: Int, size: Int64, reclaimable: Int64) {
      self.`Type` = type
      TotalCount = String(total)
      Active = String(active)
      Size = humanSize(size)
      let share = size > 0 ? " (\(reclaimable * 100 / size)%)" : ""
      Reclaimable = humanSize(reclaimable) + share
    }
  }

  public static let headings = [
    "Active": "ACTIVE", "Reclaimable": "RECLAIMABLE", "Size": "SIZE", "TotalCount": "TOTAL", "Type": "TYPE",
  ]

  public var rows: [Row] {
    let stopped = usage.containers.filter { !$0.isActive }
    let unused = usage.volumes.filter { $0.links == 0 }
    let layers = usage.cache.filter { $0.type == "layer" }
    func sum(_ sizes: [Int64]) -> Int64 { sizes.reduce(0, +) }
    return [
      Row(
        "Images", total: usage.images.count, active: usage.images.count { $0.containers > 0 }, size: usage.layersSize,
        reclaimable: usage.reclaimableImages),
      Row(
        "Containers", total: usage.containers.count, active: usage.containers.count - stopped.count,
        size: sum(usage.containers.map(\.size)), reclaimable: sum(stopped.map(\.size))),
      Row(
        "Local Volumes", total: usage.volumes.count, active: usage.volumes.count - unused.count,
        size: sum(usage.volumes.map { $0.summary.size ?? 0 }), reclaimable: sum(unused.map { $0.summary.size ?? 0 })),
      Row(
        "Build Cache", total: usage.cache.count, active: 0, size: sum(usage.cache.map(\.size)), reclaimable: sum(layers.map(\.size))),
    ]
  }

  public var summary: Table {
    Table(
      ["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"],
      rows: rows.map { [$0.`Type`, $0.TotalCount, $0.Active, $0.Size, $0.Reclaimable] })
  }

  /// Everything, a table a kind under its heading.
  public var details: String {
    "Images space usage:\n\n" + images.render() + "\nContainers space usage:\n\n" + containers.render()
      + "\nLocal Volumes space usage:\n\n" + volumes.render() + "\nBuild cache usage: \(rows[3].Size)\n\n" + cache.render()
  }

  private var images: Table {
    Table(
      ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"],
      rows: usage.images.flatMap { image in
        ImageRow.rows(of: [image.summary], now: now, isTruncated: true, showsDigests: false).map { row in
          [
            row.Repository, row.Tag, row.ID, row.CreatedSince, row.Size, humanSize(image.shared),
            humanSize(image.summary.size - image.shared), String(image.containers),
          ]
        }
      })
  }

  private var containers: Table {
    Table(
      ["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"],
      rows: usage.containers.map { container in
        let seen = container.observed
        return [
          seen.id.short, seen.spec.image, "\"" + seen.command.joined(separator: " ").truncated(to: 20) + "\"", String(container.volumes),
          humanSize(container.size), humanAge(of: seen.createdAt, now: now), seen.statusText(now: now), seen.spec.name,
        ]
      })
  }

  private var volumes: Table {
    Table(
      ["VOLUME NAME", "LINKS", "SIZE"],
      rows: usage.volumes.map { [$0.summary.name.rawValue, String($0.links), $0.summary.size.map(humanSize) ?? "N/A"] })
  }

  private var cache: Table {
    Table(["CACHE ID", "CACHE TYPE", "SIZE"], rows: usage.cache.map { [$0.id, $0.type, humanSize($0.size)] })
  }
}

extension DiskUsage.ContainerUsage {
  fileprivate var isActive: Bool { [.running, .paused, .restarting].contains(observed.state) }
}
