import Diagnostics
import StackModel

extension ServiceDecoder {
  /// `x-muster: {on_unhealthy: restart}`.
  func unhealthyReaction() -> UnhealthyReaction? {
    guard let extra = fields.child("x-muster"), let written = extra.node["on_unhealthy"], !written.isNull else { return nil }
    guard let text = written.text, let reaction = UnhealthyReaction(text) else {
      report.error(
        .invalidValue, written.place, "service \"\(name)\": on_unhealthy is neither none, restart nor restart:TIMES",
        hint: "write it as on_unhealthy: restart:5")
      return nil
    }
    return reaction
  }
}
