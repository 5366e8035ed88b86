import Reconciler
import StackModel

/// `HostConfig` of a container: what it gets of the machine.
public struct ContainerHostConfig: Sendable, Encodable, Equatable {
  public struct Restart: Sendable, Encodable, Equatable {
    public var Name: String
    public var MaximumRetryCount: Int
  }
  public struct Log: Sendable, Encodable, Equatable {
    public var `Type`: String
    /// The driver's options, as they were given.
    public var Config: [String: String]
  }
  public var Binds: [String]
  public var NetworkMode: String
  public var RestartPolicy: Restart
  public var CapAdd: [String]
  public var CapDrop: [String]
  public var Privileged: Bool
  public var ReadonlyRootfs: Bool
  public var Init: Bool
  public var Memory: Int64
  public var MemoryReservation: Int64
  public var MemorySwap: Int64
  public var NanoCpus: Int64
  public var CpuShares: Int64
  public var CpuPeriod: Int64
  public var CpuQuota: Int64
  public var CpusetCpus: String
  public var PidsLimit: Int64
  public var LogConfig: Log

  init(_ container: ObservedContainer) {
    let options = container.spec.options
    Binds = options.mounts.compactMap { mount in
      switch mount.source {
      case .bind(let path, _, _): "\(path):\(mount.target):\(mount.isReadOnly ? "ro" : "rw")"
      case .volume(let name): "\(name):\(mount.target):\(mount.isReadOnly ? "ro" : "rw")"
      default: nil
      }
    }
    NetworkMode =
      switch options.network {
      case .bridges(let attachments): attachments.first?.network.rawValue ?? "none"
      case .host: "host"
      case .none: "none"
      case .service(let name): "service:\(name)"
      case .container(let name): "container:\(name)"
      }
    RestartPolicy =
      switch options.restart {
      case .no: Restart(Name: "no", MaximumRetryCount: 0)
      case .always: Restart(Name: "always", MaximumRetryCount: 0)
      case .unlessStopped: Restart(Name: "unless-stopped", MaximumRetryCount: 0)
      case .onFailure(let maximum): Restart(Name: "on-failure", MaximumRetryCount: maximum ?? 0)
      }
    CapAdd = options.capAdd
    CapDrop = options.capDrop
    Privileged = options.isPrivileged
    ReadonlyRootfs = options.isReadOnly
    Init = options.usesInit
    let resources = options.resources
    Memory = resources.memory?.bytes ?? 0
    MemoryReservation = resources.memoryReservation?.bytes ?? 0
    MemorySwap = resources.memorySwap?.bytes ?? 0
    NanoCpus = resources.nanocores ?? 0
    CpuShares = resources.cpuShares ?? 0
    CpuPeriod = resources.cpuPeriod ?? 0
    CpuQuota = resources.cpuQuota ?? 0
    CpusetCpus = resources.cpuset ?? ""
    PidsLimit = resources.pids ?? 0
    LogConfig = Log(Type: options.logging.driver.rawValue, Config: options.logging.options ?? [:])
  }
}
