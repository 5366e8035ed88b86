public import Reconciler
import OCI
import StackModel

/// A container as Docker's `GET /containers/{id}/json` has it, as far as it is known here.
public struct ContainerObject: Sendable, Encodable, Equatable {
  public struct Condition: Sendable, Encodable, Equatable {
    public struct Verdict: Sendable, Encodable, Equatable { public var Status: String }
    public var Status: String
    public var Running: Bool
    public var Paused: Bool
    public var Restarting: Bool
    public var OOMKilled: Bool
    public var Dead: Bool
    public var Pid: Int32
    public var ExitCode: Int32
    public var Error = ""
    public var StartedAt: String
    public var FinishedAt: String
    public var Health: Verdict?
  }
  public struct Mount: Sendable, Encodable, Equatable {
    public var `Type`: String
    public var Name: String?
    public var Source: String
    public var Destination: String
    public var RW: Bool
  }
  public struct Settings: Sendable, Encodable, Equatable {
    public struct Place: Sendable, Encodable, Equatable {
      public var Aliases: [String]
      public var IPAddress: String
    }
    public struct Binding: Sendable, Encodable, Equatable {
      public var HostIp: String
      public var HostPort: String
    }
    public var Ports: [String: [Binding]]
    public var Networks: [String: Place]
  }
  public var Id: String
  public var Created: String
  public var Path: String
  public var Args: [String]
  public var State: Condition
  public var Image: String
  public var Name: String
  public var RestartCount: Int
  public var Driver = "overlay2"
  public var Platform = "linux"
  public var HostConfig: ContainerHostConfig
  public var Mounts: [Mount]
  public var Config: ContainerConfigObject
  public var NetworkSettings: Settings

  public init(_ container: ObservedContainer) {
    let options = container.spec.options
    func moment(_ time: Int64?) -> String { time.map { Timestamp.text($0) } ?? "0001-01-01T00:00:00Z" }
    Id = container.id.rawValue
    Created = moment(container.createdAt)
    Path = container.command.first ?? ""
    Args = Array(container.command.dropFirst())
    State = Condition(
      Status: container.state.rawValue, Running: container.state == .running || container.state == .paused,
      Paused: container.state == .paused, Restarting: container.state == .restarting, OOMKilled: container.wasOutOfMemory,
      Dead: container.state == .dead, Pid: container.pid ?? 0, ExitCode: container.exitCode ?? 0, StartedAt: moment(container.startedAt),
      FinishedAt: moment(container.finishedAt), Health: container.health.map { Condition.Verdict(Status: $0.rawValue) })
    Image = container.imageID.description
    Name = "/" + container.spec.name
    RestartCount = container.restarts
    HostConfig = ContainerHostConfig(container)
    Config = ContainerConfigObject(container)
    var mounts = options.mounts.map { mount -> Mount in
      switch mount.source {
      case .bind(let path, _, _): Mount(Type: "bind", Source: path, Destination: mount.target, RW: !mount.isReadOnly)
      case .volume(let name):
        Mount(Type: "volume", Name: name.rawValue, Source: name.rawValue, Destination: mount.target, RW: !mount.isReadOnly)
      case .anonymousVolume:
        Mount(
          Type: "volume", Name: container.anonymousVolumes[mount.target]?.rawValue,
          Source: container.anonymousVolumes[mount.target]?.rawValue ?? "",
          Destination: mount.target, RW: !mount.isReadOnly)
      case .tmpfs: Mount(Type: "tmpfs", Source: "", Destination: mount.target, RW: !mount.isReadOnly)
      case .image(let name): Mount(Type: "image", Source: name, Destination: mount.target, RW: !mount.isReadOnly)
      }
    }
    for (target, name) in container.anonymousVolumes where !mounts.contains(where: { $0.Destination == target }) {
      mounts.append(Mount(Type: "volume", Name: name.rawValue, Source: name.rawValue, Destination: target, RW: true))
    }
    Mounts = mounts.sorted { $0.Destination < $1.Destination }
    var ports: [String: [Settings.Binding]] = [:]
    for port in container.ports where container.pid != nil {
      guard let published = port.published else { continue }
      ports["\(port.target)/\(port.transport.rawValue)", default: []].append(
        .init(HostIp: port.hostAddress ?? "0.0.0.0", HostPort: "\(published)"))
    }
    var places: [String: Settings.Place] = [:]
    if case .bridges(let attachments) = options.network {
      for attachment in attachments {
        places[attachment.network.rawValue] = .init(Aliases: attachment.aliases, IPAddress: container.addresses[attachment.network] ?? "")
      }
    }
    NetworkSettings = Settings(Ports: ports, Networks: places)
  }
}
