import Reconciler
import StackModel

extension LocalBackend {
  /// Forgets a project that was taken down, unless something of it is still there.
  func forget(_ project: ProjectName) async throws {
    guard await containers.all(project).isEmpty else { return }
    try await catalog.remove(stack: project)
    generation.advance()
  }
}
