/// What is wrong with an option of a log.
public struct LoggingProblem: Sendable, Equatable {
  public enum Kind: Sendable {
    /// There is no such value.
    case invalid
    /// The driver has no such option, or only Docker's has it.
    case unsupported
    /// It changes nothing.
    case withoutEffect
  }
  public var option: String
  public var kind: Kind
  /// `is not a size`: about the option.
  public var text: String
  public var hint: String
}

extension Logging {
  /// The options that a driver takes, but for those that every one takes.
  public static func names(of driver: Driver) -> [String] {
    let selection = ["labels", "labels-regex", "env", "env-regex", "tag"]
    return switch driver {
    case .jsonFile: ["max-size", "max-file", "compress"] + selection
    case .local: ["max-size", "max-file", "compress"]
    case .syslog: ["syslog-address", "syslog-facility", "syslog-format"] + selection + cacheNames
    case .journald: selection + cacheNames
    case .none: []
    }
  }
  private static let cacheNames = ["cache-disabled", "cache-max-size", "cache-max-file", "cache-compress"]
  private static let commonNames: Set<String> = ["mode", "max-buffer-size"]
  private static let cipherNames: Set<String> = ["syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key", "syslog-tls-skip-verify"]

  /// What is wrong with the options, sorted by their names.
  public var problems: [LoggingProblem] {
    (options ?? [:]).sorted { $0.key < $1.key }.compactMap { problem($0.key, $0.value) }
  }

  private func problem(_ name: String, _ value: String) -> LoggingProblem? {
    func problem(_ kind: LoggingProblem.Kind, _ text: String, _ hint: String) -> LoggingProblem {
      LoggingProblem(option: name, kind: kind, text: text, hint: hint)
    }
    if driver == .none { return problem(.withoutEffect, "has no effect: nothing is kept", "remove it, or choose json-file") }
    if driver == .syslog, Self.cipherNames.contains(name) {
      return problem(.unsupported, "is not supported yet by this version", "send without TLS: tcp:// or udp://")
    }
    guard Self.names(of: driver).contains(name) || Self.commonNames.contains(name) else {
      return problem(
        .unsupported, "is an unknown log opt for the \(driver.rawValue) log driver",
        "there are " + (Self.names(of: driver) + Self.commonNames.sorted()).joined(separator: ", "))
    }
    if value.isEmpty { return nil }
    switch name {
    case "compress", "cache-compress", "cache-disabled":
      guard let isWished = Self.truth(value) else { return problem(.invalid, "is neither true nor false", "write \"true\" or \"false\"") }
      guard name != "cache-disabled", isWished, maxFiles < 2 else { return nil }
      return problem(.invalid, "needs files that are rotated, and there is one alone", "make max-file at least 2")
    case "max-size", "cache-max-size":
      if value == "-1" || ByteCount(value).map({ $0 > 0 }) == true { return nil }
      return problem(.invalid, "is not a size", "write it as 10m or 1g, or as -1: no limit")
    case "max-file", "cache-max-file":
      return Int(value).map { (1...10_000).contains($0) } == true
        ? nil : problem(.invalid, "must be between 1 and 10000", "write it as \"3\"")
    case "labels-regex", "env-regex":
      return LogSelection.isExpression(value) ? nil : problem(.invalid, "is not a regular expression", "write it as \"^(os|customer)\"")
    case "tag":
      do throws(LogTag.Mistake) {
        _ = try LogTag(value)
        return nil
      } catch {
        return problem(.invalid, error.text, "there are \(LogTag.Field.allCases.map(\.written).joined(separator: ", "))")
      }
    case "mode": return modeProblem(value, problem)
    case "max-buffer-size":
      guard options?["mode"] == "non-blocking" else {
        return problem(.invalid, "is for the mode non-blocking alone", "add mode: non-blocking")
      }
      return ByteCount(value) != nil ? nil : problem(.invalid, "is not a size", "write it as 4m")
    case "syslog-address":
      do throws(SyslogAddress.Mistake) {
        _ = try SyslogAddress(value)
        return nil
      } catch {
        return problem(
          error.isUnsupported ? .unsupported : .invalid, error.text, "write it as udp://host:514, tcp://host:514 or unixgram:///dev/log")
      }
    case "syslog-facility":
      return SyslogFacility(value) != nil
        ? nil : problem(.invalid, "is no facility of syslog", "as daemon, user, local0 to local7, or a number up to 23")
    case "syslog-format":
      return SyslogFormat(rawValue: value) != nil ? nil : problem(.invalid, "is not known", "there are rfc3164, rfc5424 and rfc5424micro")
    default: return nil
    }
  }

  private func modeProblem(_ value: String, _ problem: (LoggingProblem.Kind, String, String) -> LoggingProblem) -> LoggingProblem? {
    switch (value, driver) {
    case ("", _), ("blocking", _), ("non-blocking", .syslog), ("non-blocking", .journald): nil
    case ("non-blocking", _):
      problem(.withoutEffect, "non-blocking has no effect: the container waits while its lines are written to the disk", "remove it")
    default: problem(.invalid, "is not known", "there are blocking and non-blocking")
    }
  }
}
