public import OCI

/// What an image says of its containers, as Docker writes it: what is not said is there, and empty.
public struct ImageConfigObject: Sendable, Codable, Equatable {
  public var execution: ImageConfig.Execution
  public init(_ execution: ImageConfig.Execution) { self.execution = execution }

  private enum Key: String, CodingKey {
    case Hostname, Domainname, User, AttachStdin, AttachStdout, AttachStderr, ExposedPorts, Tty, OpenStdin, StdinOnce, Env, Cmd
    case Healthcheck, Image, Volumes, WorkingDir, Entrypoint, OnBuild, Labels, StopSignal, Shell
  }

  public init(from decoder: any Decoder) throws { execution = try ImageConfig.Execution(from: decoder) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for key in [Key.Hostname, .Domainname, .Image] { try container.encode("", forKey: key) }
    for key in [Key.AttachStdin, .AttachStdout, .AttachStderr, .Tty, .OpenStdin, .StdinOnce] { try container.encode(false, forKey: key) }
    try container.encode(execution.user ?? "", forKey: .User)
    try container.encodeIfPresent(execution.exposedPorts, forKey: .ExposedPorts)
    try container.encode(execution.env, forKey: .Env)
    try container.encode(execution.cmd, forKey: .Cmd)
    try container.encodeIfPresent(execution.healthcheck, forKey: .Healthcheck)
    try container.encode(execution.volumes, forKey: .Volumes)
    try container.encode(execution.workingDir ?? "", forKey: .WorkingDir)
    try container.encode(execution.entrypoint, forKey: .Entrypoint)
    try container.encode(execution.onBuild, forKey: .OnBuild)
    try container.encode(execution.labels, forKey: .Labels)
    try container.encodeIfPresent(execution.stopSignal, forKey: .StopSignal)
    try container.encodeIfPresent(execution.shell, forKey: .Shell)
  }
}
