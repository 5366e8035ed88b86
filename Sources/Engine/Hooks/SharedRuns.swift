/// Lets those who want the same thing done at the same time share one run of it and its result.
actor SharedRuns {
  private var running: [String: Task<Void, any Error>] = [:]

  /// Joins the run of that name, or begins it. Whoever is cancelled gives the run up for all: they belong to one plan.
  func share(_ name: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let task: Task<Void, any Error>
    if let found = running[name] {
      task = found
    } else {
      task = Task(operation: body)
      running[name] = task
    }
    defer { if running[name] == task { running[name] = nil } }
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
