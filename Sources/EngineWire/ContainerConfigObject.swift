import Reconciler
import StackModel

/// `Config` of a container: what runs in it. Its environment may hold secrets, which are shown to who may run `exec env`.
public struct ContainerConfigObject: Sendable, Encodable, Equatable {
  public var Hostname: String
  public var Domainname: String
  public var User: String
  public var AttachStdin: Bool
  public var AttachStdout: Bool
  public var AttachStderr: Bool
  public var Tty: Bool
  public var OpenStdin: Bool
  public var Env: [String]
  public var Cmd: [String]?
  public var Entrypoint: [String]?
  public var Image: String
  public var WorkingDir: String
  public var Labels: [String: String]
  public var StopSignal: String?

  init(_ container: ObservedContainer) {
    let options = container.spec.options
    Hostname = options.hostname ?? container.id.short
    Domainname = options.domainname ?? ""
    User = options.user ?? ""
    let attached = container.attached ?? []
    AttachStdin = attached.contains(.input)
    AttachStdout = attached.contains(.output)
    AttachStderr = attached.contains(.errors)
    Tty = options.hasTerminal
    OpenStdin = options.isInteractive
    Env = options.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    Cmd = options.command
    Entrypoint = options.entrypoint
    Image = container.spec.image
    WorkingDir = options.workingDirectory ?? ""
    Labels = container.spec.shownLabels
    StopSignal = options.stopSignal
  }
}
