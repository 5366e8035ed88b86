import Diagnostics

/// Rights that lead out of the container.
func checkPrivileges(_ lint: Lint) {
  for service in lint.services {
    if let node = service["privileged"], node.text.flatMap(Values.bool) == true {
      lint.tell(
        .privileged, node.place, service, "\(service.subject) is privileged",
        hint: "remove it, and give what is needed by name: cap_add, devices")
    }
    for node in service["cap_add"]?.sequence ?? [] {
      guard let text = node.text else { continue }
      let name = text.uppercased().hasPrefix("CAP_") ? String(text.uppercased().dropFirst(4)) : text.uppercased()
      guard ["ALL", "SYS_ADMIN", "SYS_MODULE"].contains(name) else { continue }
      lint.tell(
        .broadCapability, node.place, service, "\(service.subject) has the capability \(name)",
        hint: name == "ALL" ? "name the capabilities that are needed" : "look for a narrower one, or a device, that does")
    }
    // A server for the host's own network is common; the rest is not.
    for (key, severity) in [("network_mode", Diagnostic.Severity.note), ("pid", .warning), ("ipc", .warning)] {
      guard let node = service[key], node.text == "host" else { continue }
      lint.tell(
        .hostNamespace, node.place, service, "\(service.subject) shares the host's \(key == "network_mode" ? "network" : key) namespace",
        hint: key == "network_mode" ? "publish the ports that are needed" : "remove it", severity: severity)
    }
  }
}
