import Diagnostics
import StackModel

extension ServiceDecoder {
  /// `platform`, `runtime`, `isolation`: all of them have one answer on one machine.
  func decodeRuntime(into requests: inout ServiceRequests) {
    if let platform = node["platform"], let text = platform.text, !text.isEmpty, !Platforms.isHost(text) {
      fields.refuse("platform", platform, hint: "this machine runs \(Platforms.host)")
      requests.platform = text
    }
    if let runtime = node["runtime"], let text = runtime.text, !text.isEmpty {
      if ["runc", "crun", "io.containerd.runc.v2"].contains(text) {
        if report.isFirst("runtime") {
          fields.remark("runtime", .equivalent, runtime.place, "runtime has no effect", hint: "Muster has its own runtime")
        }
      } else {
        fields.refuse("runtime", runtime, hint: "remove it; Muster has its own runtime")
        requests.runtime = text
      }
    }
    if let isolation = fields.text("isolation"), !isolation.isEmpty, isolation != "default" {
      fields.remark("isolation", .approximate, fields.place("isolation"), "isolation has no effect", hint: "it is for Windows")
      requests.isolation = isolation
    }
  }
}
