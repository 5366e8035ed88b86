import Diagnostics
import StackModel

/// A plan that cannot be made: what stands in the way, and what to do.
public struct PlanningError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence, with the place in the stack file where there is one.
  public var description: String
  public var hint: String?
  public init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }

  /// About a service: `compose.yaml:3:3: web: …`.
  init(_ service: Service, _ message: String, hint: String? = nil) {
    let place = service.origin.map { "\($0): " } ?? ""
    self.init("\(place)\(service.name): \(message)", hint: hint)
  }

  /// A name that is not there, with the nearest that is.
  static func unknownService(_ name: ServiceName, among known: some Collection<ServiceName>) -> PlanningError {
    let hint =
      if let nearest = nearestName(to: name.rawValue, among: known.map(\.rawValue)) {
        "did you mean \"\(nearest)\"?"
      } else if known.isEmpty {
        "the project has no services"
      } else {
        "services: " + known.map(\.rawValue).sorted().prefix(20).joined(separator: ", ")
      }
    return PlanningError("no such service: \(name)", hint: hint)
  }
}
