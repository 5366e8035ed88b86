public import Reconciler
import StackModel

/// A line of `container ls`, under the names that Docker's templates have.
public struct ContainerRow: Sendable, Encodable, Equatable {
  public var Command: String
  public var CreatedAt: String
  public var ID: String
  public var Image: String
  /// For `{{.Label "team"}}`; nil: it is not shown.
  public var Label: [String: String]?
  public var Labels: String
  public var LocalVolumes: String
  public var Mounts: String
  public var Names: String
  public var Networks: String
  public var Ports: String
  public var RunningFor: String
  public var Size: String
  public var State: String
  public var Status: String

  public static let headings = [
    "Command": "COMMAND", "CreatedAt": "CREATED AT", "ID": "CONTAINER ID", "Image": "IMAGE", "Labels": "LABELS",
    "LocalVolumes": "LOCAL VOLUMES", "Mounts": "MOUNTS", "Names": "NAMES", "Networks": "NETWORKS", "Ports": "PORTS",
    "RunningFor": "CREATED", "Size": "SIZE", "State": "STATE", "Status": "STATUS",
  ]

  /// `now` in nanoseconds since 1970; `size`: bytes that it has written, nil where nobody asks.
  public init(_ container: ObservedContainer, now: Int64, isTruncated: Bool, size: Int64?, showsLabel: Bool) {
    let spec = container.spec
    let labels = spec.shownLabels
    Command = container.commandText(isTruncated: isTruncated)
    CreatedAt = Timestamp.text(container.createdAt)
    ID = isTruncated ? container.id.short : container.id.rawValue
    Image = spec.image
    Label = showsLabel ? labels : nil
    Labels = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    let mounts = container.mountNames
    LocalVolumes = "\(mounts.volumes.count)"
    Mounts = (mounts.volumes + mounts.paths).map { isTruncated ? $0.truncated(to: 15) : $0 }.joined(separator: ",")
    Names = spec.name
    Networks = container.networkNames.joined(separator: ",")
    Ports = container.portsText
    RunningFor = humanAge(of: container.createdAt, now: now)
    Size = size.map(humanSize) ?? "N/A"
    State = container.stateText
    Status = container.statusText(now: now)
  }

  public static func table(_ rows: [ContainerRow], showsSize: Bool) -> Table {
    Table(
      ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"] + (showsSize ? ["SIZE"] : []),
      rows: rows.map { [$0.ID, $0.Image, $0.Command, $0.RunningFor, $0.Status, $0.Ports, $0.Names] + (showsSize ? [$0.Size] : []) })
  }
}

extension ObservedContainer {
  /// Its volumes' names and its binds' paths.
  public var mountNames: (volumes: [String], paths: [String]) {
    var volumes = Set(anonymousVolumes.values.map(\.rawValue))
    var paths: [String] = []
    for mount in spec.options.mounts {
      switch mount.source {
      case .volume(let name): volumes.insert(name.rawValue)
      case .bind(let path, _, _): paths.append(path)
      case .anonymousVolume, .tmpfs, .image: continue
      }
    }
    return (volumes.sorted(), paths)
  }

  /// The networks that it is on, or would be: `host` and the like too.
  public var networkNames: [String] {
    switch spec.options.network {
    case .bridges(let attachments): attachments.map(\.network.rawValue)
    case .host: ["host"]
    case .none: ["none"]
    case .service(let name): ["service:\(name)"]
    case .container(let name): ["container:\(name)"]
    }
  }
}
