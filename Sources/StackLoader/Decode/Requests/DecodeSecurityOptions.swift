import Diagnostics
import StackModel

extension ServiceDecoder {
  func decodeSecurityOptions(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    var others: [SecurityOption] = []
    for item in fields.items("security_opt") {
      guard let text = item.text else {
        fields.mistyped("security_opt", item, "a list of strings")
        continue
      }
      switch Self.securityOption(text) {
      case ("no-new-privileges", ""), ("no-new-privileges", "true"): options.noNewPrivileges = true
      case ("no-new-privileges", "false"): options.noNewPrivileges = false
      case ("seccomp", "unconfined"): options.seccomp = .unconfined
      case ("seccomp", "builtin"), ("seccomp", "default"): options.seccomp = .standard
      case ("seccomp", let path): if let profile = seccompProfile(path, item) { options.seccomp = .profile(profile) }
      case ("systempaths", "unconfined"): options.unmasksPaths = true
      case ("apparmor", let name) where !name.isEmpty: options.appArmor = name
      case ("label", "disable"):
        fields.remark(
          "security_opt", .equivalent, item.place, "security_opt \"\(text)\" has no effect",
          hint: "containers have no SELinux label to begin with")
      case let (name, value):
        fields.refuse(
          "security_opt", item,
          hint: "there are no-new-privileges:true, seccomp=FILE, apparmor=NAME (each may be unconfined) and systempaths=unconfined")
        others.append(Self.otherOption(name, value, text))
      }
    }
    if !others.isEmpty { requests.securityOptions = others }
  }

  /// `NAME=VALUE` or, older, `NAME:VALUE`.
  private static func securityOption(_ text: String) -> (name: String, value: String) {
    guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return (text, "") }
    return (String(text[..<separator]), String(text[text.index(after: separator)...]))
  }

  private static func otherOption(_ name: String, _ value: String, _ text: String) -> SecurityOption {
    switch (name, value) {
    case ("label", _): .label(value)
    case ("writable-cgroups", "true"), ("writable-cgroups", ""): .writableCgroups
    case ("credentialspec", _): .credentialSpec(value)
    default: .other(text)
    }
  }
}
