/// Lets one command at a time have a cache that is not shared. Builds of one machine are made by one engine.
actor CacheLocks {
  static let shared = CacheLocks()
  private var busy: Set<String> = []
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Runs `body` when all of the names are free; all are taken at once, so that two commands cannot wait for each other.
  func holding<Value: Sendable>(_ names: [String], _ body: @Sendable () async throws -> Value) async rethrows -> Value {
    while !busy.isDisjoint(with: names) { await withCheckedContinuation { waiting.append($0) } }
    busy.formUnion(names)
    defer {
      busy.subtract(names)
      let all = waiting
      waiting = []
      for one in all { one.resume() }
    }
    return try await body()
  }
}
