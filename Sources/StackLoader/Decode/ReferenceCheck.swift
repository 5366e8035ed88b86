import Diagnostics
import StackModel

/// Whether what services say about each other holds: every one that is named exists, and no two wait for each other.
struct ReferenceCheck {
  let services: [Mapping.Entry]
  let project: Project
  let report: Report

  /// Drops dependencies that are not required and not there.
  func check(_ stack: inout Stack) {
    for entry in services {
      let name = ServiceName(entry.key)
      guard var service = stack.services[name] ?? stack.disabledServices[name] else { continue }
      let isEnabled = stack.services[name] != nil
      for (other, dependency) in service.dependsOn.sorted(by: { $0.key < $1.key }) {
        let place = self.place(of: other.rawValue, in: entry)
        if !project.services.contains(other.rawValue) {
          if dependency.isRequired {
            let near = nearestName(to: other.rawValue, among: project.services.subtracting([entry.key])).map { "did you mean \"\($0)\"?" }
            report.error(
              .undeclared, place, "service \"\(name)\" depends on \"\(other)\", which is not declared",
              hint: near ?? "the services are \(project.services.sorted().joined(separator: ", "))")
          } else {
            report.warning(.undeclared, place, "service \"\(name)\" would depend on \"\(other)\", which is not declared")
            service.dependsOn[other] = nil
          }
        } else if isEnabled, let disabled = stack.disabledServices[other] {
          if dependency.isRequired {
            report.error(
              .undeclared, place, "service \"\(name)\" depends on \"\(other)\", whose profiles are not active",
              hint: "activate one: --profile \(disabled.profiles.sorted().first ?? "NAME")")
          } else {
            service.dependsOn[other] = nil
          }
        }
      }
      if isEnabled { stack.services[name] = service } else { stack.disabledServices[name] = service }
    }
    checkCycles(stack.services.merging(stack.disabledServices) { $1 })
  }

  /// Where one service names another.
  private func place(of other: String, in entry: Mapping.Entry) -> Place {
    let node = entry.value
    if let dependency = node["depends_on"]?.mapping?[entry: other] { return dependency.keyPlace }
    if let item = node["depends_on"]?.sequence?.first(where: { $0.text == other }) { return item.place }
    if let item = node["links"]?.sequence?.first(where: { $0.text == other || $0.text?.hasPrefix(other + ":") == true }) {
      return item.place
    }
    if let mode = node["network_mode"], mode.text == "service:\(other)" { return mode.place }
    return entry.keyPlace
  }

  private func checkCycles(_ all: [ServiceName: Service]) {
    enum Mark { case open, done }
    var marks: [ServiceName: Mark] = [:]
    let entries = Dictionary(services.map { (ServiceName($0.key), $0) }) { first, _ in first }
    for start in all.keys.sorted() where marks[start] == nil {
      // Depth first with a stack of its own: chains may be long.
      var path = [(name: start, rest: all[start]?.dependsOn.keys.sorted()[...] ?? [])]
      marks[start] = .open
      while let last = path.last {
        guard let next = last.rest.first else {
          marks[last.name] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].rest = last.rest.dropFirst()
        switch marks[next] {
        case .done?: break
        case .open?:
          let from = path.firstIndex { $0.name == next } ?? 0
          let circle = (path[from...].map(\.name.rawValue) + [next.rawValue]).joined(separator: " → ")
          report.error(
            .cycle, entries[last.name].map { place(of: next.rawValue, in: $0) }, "services wait for each other: \(circle)",
            hint: "remove one of these dependencies")
          return
        case nil:
          guard let service = all[next] else { continue }
          marks[next] = .open
          path.append((next, service.dependsOn.keys.sorted()[...]))
        }
      }
    }
  }
}
