import Backend
import Glibc
import LinuxKit
import OCI
import ShimProtocol
import StackModel

/// Where systemd's journal takes entries.
let journalSocket = "/run/systemd/journal/socket"

extension Launch {
  /// What the shim is told about the container's lines, beyond the file: tag, attributes and addresses are looked up here, once. nil: nothing.
  ///
  /// - Throws: `EngineError` when an option is wrong, or there is no daemon of that kind on this machine.
  func logOptions() async throws -> LogOptions? {
    let logging = spec.options.logging
    if let problem = logging.problems.first(where: { $0.kind != .withoutEffect }) {
      throw refusal("the option \"\(problem.option)\" \(problem.text)", hint: problem.hint)
    }
    let attributes = LogSelection(logging).attributes(labels: labels, environment: environment)
    var options = LogOptions(isPacked: logging.packsFiles)
    switch logging.driver {
    case .none: return nil
    case .local: break
    case .jsonFile:
      var shown = attributes
      if let tag = try tag(attributes, usual: ""), !tag.isEmpty { shown["tag"] = tag }
      if !shown.isEmpty { options.attributes = shown.goObject }
    case .syslog:
      let form = SyslogForm(
        layout: (logging.options?["syslog-format"]).flatMap { SyslogFormat(rawValue: $0) }.layout,
        facility: ((logging.options?["syslog-facility"]).flatMap { SyslogFacility($0) } ?? .daemon).number, hostname: hostName().oneLine,
        tag: (try tag(attributes, usual: "{{.ID}}") ?? id.short).oneLine)
      options.forwarding = LogForwarding(
        address: try await syslogAddress(), form: .syslog(form), longestQueue: logging.longestQueue.bytes, waits: logging.waits)
    case .journald:
      guard access(engine.journal, F_OK) == 0 else {
        throw refusal("journald is not enabled on this host: there is no \(engine.journal)", hint: "choose json-file, local or syslog")
      }
      options.forwarding = LogForwarding(
        address: .datagram(path: engine.journal), form: .journal(fields: try journalFields(attributes)),
        longestQueue: logging.longestQueue.bytes, waits: logging.waits)
    }
    return options == LogOptions() ? nil : options
  }

  private func refusal(_ text: String, hint: String) -> EngineError {
    EngineError(
      .invalid, subject: spec.service.rawValue, "the log driver \(spec.options.logging.driver.rawValue) cannot be used: \(text)", hint: hint
    )
  }

  /// The image's and the container's, and those by which Compose's tools know a container.
  private var labels: [String: String] {
    (image.config?.labels ?? [:]).merging(spec.shownLabels) { $1 }
  }

  private var environment: [String: String] {
    var found: [String: String] = [:]
    for entry in image.config?.env ?? [] {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2 { found[parts[0]] = parts[1] }
    }
    return found.merging(spec.options.environment) { $1 }
  }

  /// `tag`, or what is usual; nil when that is nothing.
  private func tag(_ attributes: [String: String], usual: String) throws -> String? {
    let written = spec.options.logging.options?["tag"] ?? ""
    let template = written.isEmpty ? usual : written
    guard !template.isEmpty else { return nil }
    let digits = imageID.split(separator: ":").last.map(String.init) ?? imageID
    return try LogTag(template).text(
      [
        .id: id.short, .fullID: id.rawValue, .name: spec.name, .imageID: String(digits.prefix(12)), .imageFullID: imageID,
        .imageName: spec.image, .daemonName: "muster",
      ], attributes: attributes)
  }

  /// Docker's fields, then those that were chosen, which do not take their places.
  private func journalFields(_ attributes: [String: String]) throws -> [LogField] {
    let tag = try tag(attributes, usual: "{{.ID}}") ?? id.short
    let own = [
      LogField("CONTAINER_ID", id.short), LogField("CONTAINER_ID_FULL", id.rawValue), LogField("CONTAINER_NAME", spec.name),
      LogField("CONTAINER_TAG", tag), LogField("IMAGE_NAME", spec.image), LogField("SYSLOG_IDENTIFIER", tag),
    ]
    let taken = Set(own.map(\.name) + ["MESSAGE", "PRIORITY", "SYSLOG_TIMESTAMP", "CONTAINER_PARTIAL_MESSAGE"])
    let chosen = attributes.sorted { $0.key < $1.key }.map { LogField(JournalEntry.name($0.key), $0.value) }
    return (own + chosen.filter { !$0.name.isEmpty && !taken.contains($0.name) }).map { LogField($0.name, $0.value.withoutNUL) }
  }

  private func syslogAddress() async throws -> LogAddress {
    let written = spec.options.logging.options?["syslog-address"] ?? ""
    guard !written.isEmpty else {
      guard access("/dev/log", F_OK) == 0 else {
        throw refusal(
          "there is no /dev/log: no daemon of syslog listens on this machine", hint: "start one, or say where one is: syslog-address")
      }
      return .datagram(path: "/dev/log")
    }
    switch try SyslogAddress(written) {
    case .stream(let path): return .stream(path: try existing(path))
    case .datagram(let path): return .datagram(path: try existing(path))
    case .udp(let host, let port): return .udp(address: try await address(of: host), port: port)
    case .tcp(let host, let port): return .tcp(address: try await address(of: host), port: port)
    }
  }

  private func existing(_ path: String) throws -> String {
    guard access(path, F_OK) == 0 else { throw refusal("there is no \(path)", hint: "start the daemon first, or correct syslog-address") }
    return path
  }

  private func address(of host: String) async throws -> [UInt8] {
    guard let address = await hostAddress(host) else { throw refusal("there is no host \(host)", hint: "correct syslog-address") }
    return address
  }
}

extension SyslogFormat? {
  fileprivate var layout: SyslogForm.Layout {
    switch self {
    case nil: .local
    case .rfc3164: .rfc3164
    case .rfc5424: .rfc5424
    case .rfc5424micro: .rfc5424micro
    }
  }
}

extension String {
  /// Without what would end a message or begin another.
  fileprivate var oneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
  }

  fileprivate var withoutNUL: String { String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 })) }
}
