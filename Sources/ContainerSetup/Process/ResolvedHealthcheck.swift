public import OCI
public import StackModel

/// A health check with every default filled in.
public struct ResolvedHealthcheck: Equatable, Sendable {
  /// What is run in the container; exit code 0 is healthy.
  public var command: [String]
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
    case "CMD" where test.count > 1: command = Array(test.dropFirst())
    case "CMD-SHELL" where test.count > 1: command = (image.config?.shell ?? ["/bin/sh", "-c"]) + [test[1]]
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
