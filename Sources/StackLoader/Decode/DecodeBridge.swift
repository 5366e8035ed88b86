import StackModel

extension TopLevelDecoder {
  /// `networks.x.driver_opts` of the drivers `macvlan` and `ipvlan`; false: the driver is neither.
  func takeOuter(_ driver: String, _ fields: Fields, into network: inout Network) -> Bool {
    let entries = fields.entries("driver_opts")
    do throws(DriverOptionMistake) {
      return try network.takeOuter(driver: driver, Dictionary(entries.map { ($0.key, $0.value.text ?? "") }) { $1 })
    } catch {
      if let value = entries.first(where: { $0.key == error.option })?.value {
        report.error(
          .invalidValue, value.place, "\(fields.subject): \(error.option) \"\(value.text ?? "")\" \(error.text)", hint: error.hint)
      }
      return true
    }
  }

  /// `networks.x.driver_opts`: what Docker's bridge driver knows and exists here; all else is refused by name.
  func bridgeOptions(_ fields: Fields, into requests: inout NetworkRequests) -> BridgeOptions? {
    var options = BridgeOptions()
    var others: [String: String] = [:]
    for entry in fields.entries("driver_opts") {
      let text = entry.value.text ?? ""
      switch options.read(entry.key, text) {
      case .taken: break
      case .wrong(let problem, let hint):
        report.error(.invalidValue, entry.value.place, "\(fields.subject): \(entry.key) \"\(text)\" \(problem)", hint: hint)
      case .unknown:
        fields.refuse("driver_opts.\(entry.key)", entry.value, hint: "remove it; known are mtu, bridge.name, enable_icc and their like")
        others[entry.key] = text
      }
    }
    if !others.isEmpty { requests.driverOptions = others }
    return options == BridgeOptions() ? nil : options
  }
}
