import Diagnostics
import StackModel

extension ServiceDecoder {
  /// `logging`. A driver that there is not is refused, an option that the driver has not as well, as Docker does.
  func decodeLogging(_ requests: inout ServiceRequests) -> Logging {
    var logging = Logging()
    guard let written = fields.child("logging") else { return logging }
    let asked = LoggingRequest(driver: written.text("driver") ?? "", options: written.pairs("options"))
    if let text = written.text("driver"), !text.isEmpty {
      if let driver = Logging.Driver(rawValue: text) {
        logging.driver = driver
      } else if let value = written.node["driver"] {
        written.refuse("driver", value, hint: "there are json-file, local, syslog, journald and none")
        requests.logging = asked
        // Its options are that driver's.
        return logging
      }
    }
    if logging.driver == .jsonFile, asked.options.isEmpty { return logging }
    logging.options = asked.options
    let prefix = [.syslog, .journald].contains(logging.driver) ? "cache-" : ""
    if let text = asked.options[prefix + "max-size"], let size = text == "-1" ? 0 : ByteCount(text) { logging.maxSize = size }
    if let count = asked.options[prefix + "max-file"].flatMap({ Int($0) }), (1...10_000).contains(count) { logging.maxFiles = count }
    for problem in logging.problems { tell(problem, of: written, asked, &requests) }
    return logging
  }

  private func tell(_ problem: LoggingProblem, of logging: Fields, _ asked: LoggingRequest, _ requests: inout ServiceRequests) {
    guard let entry = logging.node["options"]?.mapping?.entries.first(where: { $0.key == problem.option }) else { return }
    let message = "the option \"\(problem.option)\" \(problem.text)"
    switch problem.kind {
    case .invalid: report.error(.invalidValue, entry.keyPlace, "\(logging.subject): \(message)", hint: problem.hint)
    case .unsupported:
      let finding = Finding(field: logging.field("options.\(problem.option)"), support: .unsupported)
      report.finding(finding, .error, entry.keyPlace, "\(logging.subject): \(message)", hint: problem.hint)
      requests.logging = asked
    case .withoutEffect:
      logging.remark("options.\(problem.option)", .approximate, entry.keyPlace, message, hint: problem.hint)
      requests.logging = asked
    }
  }
}
