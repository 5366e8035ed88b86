import StackModel

extension ServiceDecoder {
  /// `gpus`: `all`, or a list of requests; nil when there is none.
  func gpus() -> [DeviceRequest]? {
    guard let written = node["gpus"], !written.isNull else { return nil }
    if let text = written.text {
      if text == "all" { return [DeviceRequest(capabilities: ["gpu"])] }
      return fields.invalid("gpus", written, "is not known", hint: "write all, or a list of requests as [{count: 1}]")
    }
    let requests = fields.mappings("gpus").compactMap { deviceRequest($0, needsCapabilities: false) }
    return requests.isEmpty ? nil : requests
  }

  func deviceRequest(_ written: Fields, needsCapabilities: Bool) -> DeviceRequest? {
    var request = DeviceRequest(capabilities: written.texts("capabilities"))
    if request.capabilities.isEmpty {
      if needsCapabilities {
        report.error(
          .invalidValue, written.node.place, "\(written.subject): an entry has no capabilities", hint: "write them as capabilities: [gpu]")
      }
      request.capabilities = ["gpu"]
    }
    request.driver = written.text("driver")
    request.options = written.pairs("options")
    let count = written.node["count"].flatMap { $0.isNull ? nil : $0 }
    let names = written.node["device_ids"].flatMap { $0.isNull ? nil : $0 }
    if let count, names != nil {
      report.error(
        .conflict, count.place, "\(written.subject): there are both count and device_ids", hint: "keep one of them: how many, or which")
    }
    if names != nil {
      request.amount = .named(written.texts("device_ids"))
    } else if let count {
      switch count.text {
      case "all"?, "-1"?: request.amount = .all
      case let text?:
        guard let number = Int(text), number >= 0 else {
          return written.invalid("count", count, "is not a number of devices", hint: "write a whole number, or all")
        }
        request.amount = .count(number)
      case nil: return written.wrong("count", count, "a whole number, or all")
      }
    }
    return request
  }
}
