import StackModel

/// Lets one operation at a time at each project, in the order they came.
actor ProjectGate {
  private var busy: Set<ProjectName> = []
  private var waiting: [ProjectName: [CheckedContinuation<Void, Never>]] = [:]

  /// Runs `body` alone on the project.
  func alone<Value: Sendable>(on project: ProjectName, _ body: @Sendable () async throws -> Value) async rethrows -> Value {
    await enter(project)
    defer { leave(project) }
    return try await body()
  }

  private func enter(_ project: ProjectName) async {
    if busy.insert(project).inserted { return }
    await withCheckedContinuation { waiting[project, default: []].append($0) }
  }

  private func leave(_ project: ProjectName) {
    guard var queue = waiting[project], !queue.isEmpty else {
      busy.remove(project)
      waiting[project] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[project] = queue.isEmpty ? nil : queue
    next.resume()
  }
}
