import Backend
import Reconciler
import StackModel

/// What a request comes to: the stack, with the fingerprints of its secrets and configs, and what is done with it.
struct Desired: Sendable {
  /// nil: only what exists is known.
  var stack: Stack?
  /// A `rollback` is an `up` of an earlier version.
  var operation: Reconciler.Operation
  /// `up`, `rollback to 3`.
  var title: String
}

extension LocalBackend {
  /// `remember`: it becomes what the project is to be.
  func desired(_ request: StackRequest, remember: Bool) async throws -> Desired {
    guard case .rollback(let services, let number) = request.operation else {
      return Desired(stack: try await lowered(request, remember: remember), operation: request.operation, title: "up")
    }
    let earlier = try await revision(number, of: request.project, for: services)
    let row = try await row(request.project, with: services, of: earlier.desired, images: earlier.revision.images)
    if remember { try await catalog.put(row) }
    return Desired(
      stack: try await lowered(row), operation: .rollback(to: services), title: "rollback to \(earlier.revision.number)")
  }

  /// What a remembered stack comes to.
  func lowered(_ row: StackRow) async throws -> Stack { remapped(try fingerprinted(row.stack, await contents(row))) }
}

extension Reconciler.Operation {
  /// Makes services what the stack says, by their `rollback_config`; none: all. `scale`: as many containers, instead of what it says.
  static func rollback(to services: [ServiceName], scale: [ServiceName: Int] = [:]) -> Self {
    var options = UpOptions()
    options.services = services
    options.noDependencies = true
    options.build = .never
    options.pull = .never
    options.isRollback = true
    options.scale = scale
    return .up(options)
  }
}
