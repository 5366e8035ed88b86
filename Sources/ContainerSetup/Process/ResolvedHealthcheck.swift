public import OCI
public import StackModel

/// A health check with every default filled in.
public struct ResolvedHealthcheck: Equatable, Sendable {
  public enum Probe: Equatable, Sendable {
    /// Run in the container; exit code 0 is healthy.
    case command([String])
    /// Asked by the engine in the container's network.
    case target(HealthTarget)
  }
  public var probe: Probe
  public var interval: Timespan
  public var timeout: Timespan
  public var startPeriod: Timespan
  public var startInterval: Timespan
  public var retries: Int

  /// The service's check over the image's, field by field; nil when there is none or it is `NONE`. Docker's defaults: 30 s, 30 s, 0 s, 5 s, 3.
  ///
  /// `CMD-SHELL` runs in the image's `SHELL`.
  public init?(_ spec: ContainerSpec, _ image: ImageConfig) {
    let own = spec.options.healthcheck
    let inherited = image.config?.healthcheck
    let test = own?.test ?? inherited?.test ?? []
    switch test.first {
    case "CMD" where test.count > 1: probe = .command(Array(test.dropFirst()))
    case "CMD-SHELL" where test.count > 1: probe = .command((image.config?.shell ?? ["/bin/sh", "-c"]) + [test[1]])
    case "HTTP" where test.count == 2:
      guard let target = try? HealthTarget(http: test[1]) else { return nil }
      probe = .target(target)
    case "TCP" where test.count == 2:
      guard let target = try? HealthTarget(tcp: test[1]) else { return nil }
      probe = .target(target)
    default: return nil
    }
    func choose(_ own: Timespan?, _ inherited: Int64?, _ usual: Int64) -> Timespan {
      if let own, own.nanoseconds > 0 { return own }
      if let inherited, inherited > 0 { return Timespan(nanoseconds: inherited) }
      return .seconds(usual)
    }
    interval = choose(own?.interval, inherited?.interval, 30)
    timeout = choose(own?.timeout, inherited?.timeout, 30)
    startPeriod = choose(own?.startPeriod, inherited?.startPeriod, 0)
    startInterval = choose(own?.startInterval, inherited?.startInterval, 5)
    retries = [own?.retries, inherited?.retries].compactMap { $0 }.first { $0 > 0 } ?? 3
  }
}
