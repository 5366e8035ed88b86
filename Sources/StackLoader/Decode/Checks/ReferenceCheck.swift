import Diagnostics
import StackModel

/// Whether what services say about each other holds: every one that is named exists, and no two wait for each other.
struct ReferenceCheck {
  let services: [Mapping.Entry]
  let project: Project
  let report: Report

  /// Drops dependencies that are not required and not there.
  func check(_ stack: inout Stack) {
    // Of a hundred services nobody reads the names.
    let known =
      project.services.count > 20 ? "declare it under services" : "the services are \(project.services.sorted().joined(separator: ", "))"
    for entry in services {
      let name = ServiceName(entry.key)
      let enabled = stack.services[name]?.dependsOn
      let isEnabled = enabled != nil
      guard var dependsOn = enabled ?? stack.disabledServices[name]?.dependsOn, !dependsOn.isEmpty else { continue }
      let written = dependsOn.count
      for (other, dependency) in dependsOn.sorted(by: { $0.key < $1.key }) {
        let isThere = isEnabled ? stack.services[other] != nil : project.services.contains(other.rawValue)
        if isThere || report.isFull && dependency.isRequired { continue }
        let place = self.place(of: other.rawValue, in: entry)
        if !project.services.contains(other.rawValue) {
          if dependency.isRequired {
            let near = report.isFull ? nil : report.suggestion(for: other.rawValue, among: project.services.subtracting([entry.key]))
            report.error(
              .undeclared, place, "service \"\(name)\" depends on \"\(other)\", which is not declared",
              hint: near ?? known)
          } else {
            report.warning(.undeclared, place, "service \"\(name)\" would depend on \"\(other)\", which is not declared")
            dependsOn[other] = nil
          }
        } else if isEnabled, let disabled = stack.disabledServices[other] {
          if dependency.isRequired {
            report.error(
              .undeclared, place, "service \"\(name)\" depends on \"\(other)\", whose profiles are not active",
              hint: "activate one: --profile \(disabled.profiles.sorted().first ?? "NAME")")
          } else {
            dependsOn[other] = nil
          }
        }
      }
      guard dependsOn.count < written else { continue }
      if isEnabled { stack.services[name]?.dependsOn = dependsOn } else { stack.disabledServices[name]?.dependsOn = dependsOn }
    }
    checkCycles(stack.services.mapValues { $0.dependsOn }.merging(stack.disabledServices.mapValues { $0.dependsOn }) { $1 })
  }

  /// Where one service names another.
  private func place(of other: String, in entry: Mapping.Entry) -> Place {
    let node = entry.value
    if let dependency = node["depends_on"]?.mapping?[entry: other] { return dependency.keyPlace }
    if let item = node["depends_on"]?.sequence?.first(where: { $0.text == other }) { return item.place }
    if let item = node["links"]?.sequence?.first(where: { $0.text == other || $0.text?.hasPrefix(other + ":") == true }) {
      return item.place
    }
    for key in ["network_mode", "pid", "ipc", "uts"] {
      if let mode = node[key], mode.text == "service:\(other)" { return mode.place }
    }
    if let item = node["volumes_from"]?.sequence?.first(where: { $0.text == other || $0.text?.hasPrefix(other + ":") == true }) {
      return item.place
    }
    return entry.keyPlace
  }

  private func checkCycles(_ all: [ServiceName: [ServiceName: Dependency]]) {
    guard let ring = dependencyRing(all), ring.count > 1 else { return }
    let last = ring[ring.count - 2]
    report.error(
      .cycle, services.first { $0.key == last.rawValue }.map { place(of: ring[ring.count - 1].rawValue, in: $0) },
      "services wait for each other: \(ring.map(\.rawValue).joined(separator: " → "))", hint: "remove one of these dependencies")
  }
}
