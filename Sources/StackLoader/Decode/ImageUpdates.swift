import Diagnostics
import StackModel

extension ServiceDecoder {
  /// `x-muster: {update: auto}`, or with an interval.
  func imageUpdates() -> ImageUpdates? {
    guard let extra = fields.child("x-muster"), let written = extra.node["update"], !written.isNull else { return nil }
    func policy(_ text: String, _ place: Place) -> ImageUpdates.Policy? {
      if let policy = ImageUpdates.Policy(rawValue: text) { return policy }
      report.error(
        .invalidValue, place, "service \"\(name)\": update is neither manual, notify nor auto", hint: "write it as update: notify")
      return nil
    }
    if let text = written.text { return policy(text, written.place).map { ImageUpdates($0) } }
    guard let long = extra.child("update") else { return nil }
    guard let word = long.node["policy"], let text = word.text else {
      report.error(
        .missingKey, written.place, "service \"\(name)\": update has no policy", hint: "write it as update: {policy: auto, interval: 6h}")
      return nil
    }
    guard let policy = policy(text, word.place) else { return nil }
    let interval = long.duration("interval") ?? ImageUpdates.usualInterval
    guard interval >= ImageUpdates.shortestInterval else {
      report.error(
        .invalidValue, long.place("interval"), "service \"\(name)\": update.interval is shorter than a minute",
        hint: "registries count who asks: write 1m or more")
      return nil
    }
    return ImageUpdates(policy, every: interval)
  }
}
