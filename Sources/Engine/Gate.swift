/// Lets one operation at a time at each key (a project, a container, a volume), in the order they came.
actor Gate<Key: Hashable & Sendable> {
  private var busy: Set<Key> = []
  private var waiting: [Key: [CheckedContinuation<Void, Never>]] = [:]

  /// Runs `body` alone on the key.
  func alone<Value: Sendable>(on key: Key, _ body: @Sendable () async throws -> Value) async rethrows -> Value {
    await enter(key)
    defer { leave(key) }
    return try await body()
  }

  private func enter(_ key: Key) async {
    if busy.insert(key).inserted { return }
    await withCheckedContinuation { waiting[key, default: []].append($0) }
  }

  private func leave(_ key: Key) {
    guard var queue = waiting[key], !queue.isEmpty else {
      busy.remove(key)
      waiting[key] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[key] = queue.isEmpty ? nil : queue
    next.resume()
  }
}
