import Diagnostics
import StackModel

/// Whether two services publish one port of the host: the file is right, and both cannot run.
struct PortCheck {
  let services: [Mapping.Entry]
  let report: Report

  /// Who was first to publish one port: on all addresses, on all of a family, on one; and at all.
  private struct Publishers {
    var byAddress: [String: ServiceName] = [:]
    var first: ServiceName?
    var firstOfFamily: [Bool: ServiceName] = [:]

    /// A service that listens where this address would; nil listens on all.
    func service(on address: String?) -> ServiceName? {
      guard let address else { return first }
      let isSix = address.contains(":")
      if address == Self.wildcard(isSix) { return byAddress[""] ?? firstOfFamily[isSix] }
      return byAddress[""] ?? byAddress[Self.wildcard(isSix)] ?? byAddress[address]
    }

    mutating func add(_ service: ServiceName, on address: String?) {
      first = first ?? service
      byAddress[address ?? ""] = byAddress[address ?? ""] ?? service
      guard let isSix = address?.contains(":") else { return }
      firstOfFamily[isSix] = firstOfFamily[isSix] ?? service
    }

    private static func wildcard(_ isSix: Bool) -> String { isSix ? "::" : "0.0.0.0" }
  }

  func check(_ stack: Stack) {
    var taken: [String: Publishers] = [:]
    for entry in services {
      guard let service = stack.services[ServiceName(entry.key)] else { continue }
      var told: Set<ServiceName> = []
      for port in service.options.ports {
        guard let published = port.published else { continue }
        let key = "\(published)/\(port.transport.rawValue)"
        // Once for two services: ranges would make a flood of it.
        if let other = taken[key]?.service(on: port.hostAddress), other != service.name, told.insert(other).inserted {
          let address = port.hostAddress.map { " of \($0)" } ?? ""
          report.finding(
            Finding(field: "services.\(service.name).ports", support: .unsupported), .error, place(of: port, in: entry),
            "service \"\(service.name)\" publishes port \(key)\(address), which service \"\(other)\" publishes too",
            hint: "give each its own host port", code: .ports)
        }
        taken[key, default: Publishers()].add(service.name, on: port.hostAddress)
      }
    }
  }

  private func place(of port: PortMapping, in entry: Mapping.Entry) -> Place {
    let item = entry.value["ports"]?.sequence?.first { item in
      do throws(PortReader.Failure) { return try PortReader.read(item).contains(port) } catch { return false }
    }
    return item?.place ?? entry.keyPlace
  }
}
