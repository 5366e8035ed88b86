import Diagnostics
import StackModel

extension ServiceDecoder {
  /// `x-muster: {on_secret_change: signal SIGHUP}`.
  func secretChange() -> SecretChange? {
    guard let extra = fields.child("x-muster"), let written = extra.node["on_secret_change"], !written.isNull else { return nil }
    guard let text = written.text, let change = SecretChange(text) else {
      report.error(
        .invalidValue, written.place, "service \"\(name)\": on_secret_change is neither none, restart nor signal NAME",
        hint: "write it as on_secret_change: signal SIGHUP")
      return nil
    }
    return change
  }
}
