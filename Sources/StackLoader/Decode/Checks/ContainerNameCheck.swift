import Diagnostics
import StackModel

/// Whether every `container_name` is one service's alone: the file is right, and both cannot run.
struct ContainerNameCheck {
  let services: [Mapping.Entry]
  let report: Report

  func check(_ stack: Stack) {
    var taken: [String: ServiceName] = [:]
    for entry in services {
      guard let service = stack.services[ServiceName(entry.key)], let name = service.containerName else { continue }
      if let other = taken[name] {
        report.finding(
          Finding(field: "services.\(service.name).container_name", support: .unsupported), .error,
          entry.value["container_name"]?.place ?? entry.keyPlace,
          "service \"\(service.name)\": the container_name \"\(name)\" is service \"\(other)\"'s too", hint: "choose another, or remove it",
          code: .containerName)
      } else {
        taken[name] = service.name
      }
    }
  }
}
