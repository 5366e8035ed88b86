import Reconciler
import StackModel
import Terminal

/// A container as `docker compose ps --format json` prints it, one object a line.
struct ContainerJSON: Encodable {
  struct Publisher: Encodable {
    var URL: String
    var TargetPort: Int
    var PublishedPort: Int
    var `Protocol`: String
  }
  var Command: String
  var CreatedAt: String
  var ExitCode: Int32
  var Health: String
  var ID: String
  var Image: String
  var Labels: String
  var Name: String
  var Networks: String
  /// In what it is not what the stack that was applied last says; not Docker's.
  var Outdated: String
  var Ports: String
  var Project: String
  var Publishers: [Publisher]
  var RunningFor: String
  var Service: String
  var State: String
  var Status: String

  init(_ container: ObservedContainer, now: Int64) {
    Command = "\"" + container.command.joined(separator: " ") + "\""
    CreatedAt = Timestamp.text(container.createdAt)
    ExitCode = container.exitCode ?? 0
    Health = container.health?.rawValue ?? ""
    ID = container.id.short
    Image = container.spec.image
    Labels = container.spec.shownLabels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    Name = container.spec.name
    Networks = container.addresses.keys.sorted().map(\.rawValue).joined(separator: ",")
    Outdated = container.outdated?.joined(separator: ", ") ?? ""
    Ports = container.portsText
    Project = container.spec.project.rawValue
    Publishers = container.ports.map {
      Publisher(
        URL: $0.hostAddress ?? "0.0.0.0", TargetPort: Int($0.target), PublishedPort: Int($0.published ?? 0), Protocol: $0.transport.rawValue
      )
    }
    RunningFor = humanAge(of: container.createdAt, now: now)
    Service = container.spec.service.rawValue
    State = container.stateText
    Status = container.statusText(now: now)
  }
}
