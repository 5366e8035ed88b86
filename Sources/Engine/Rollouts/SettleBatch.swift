import Backend
import Reconciler
import StackModel

extension LocalBackend {
  /// Takes away what failed to take over, and decides whether the next batch comes. `failed`: containers of this and the earlier batches.
  func settle(_ batch: RolloutBatch, failed: Int, emit: @escaping Emit) async throws {
    for name in batch.successors {
      guard let left = await containers.find(name: name) else { continue }
      try await discardSuccessor(left)
    }
    guard failed > 0 else { return }
    let what = batch.isRollback ? "rollback" : "update"
    let share = "\(failed) of \(batch.total) container\(batch.total == 1 ? "" : "s") failed"
    if batch.goesOn(failed: failed) {
      emit(.warning("\(batch.service): \(share); the \(what) goes on"))
      return
    }
    let rest = batch.total - batch.tried
    throw EngineError(
      .unavailable, subject: batch.service.rawValue,
      "the \(what) is \(batch.failureAction == .rollback ? "taken back" : "paused"): \(share)"
        + (rest > 0 ? ", \(rest) \(rest == 1 ? "is" : "are") as before" : ""),
      hint: batch.failureAction == .rollback
        ? nil : "mend it and run up again, or go back: muster rollback \(batch.service)")
  }
}
