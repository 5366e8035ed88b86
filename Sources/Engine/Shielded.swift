/// Runs `body` to its end even when the caller's task is cancelled: for what must not stop half way.
func shielded<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
  try await Task(operation: body).value
}
