public import Backend
import EngineWire
public import StackModel

extension EngineClient {
  public func carryOut(_ request: StackRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> Report {
    try await carryOut(request, digest: nil, onEvent: onEvent)
  }

  /// - Parameter digest: Stands for the whole request, in 64 hexadecimal digits: an engine that has had it before does not get it again.
  public func carryOut(
    _ request: StackRequest, digest: String?, onEvent: @escaping @Sendable (Event) -> Void
  ) async throws -> Report {
    try await operation(request, digest).result(\.report, "operation", hint: "see its log; containers run on", onEvent: onEvent)
  }

  public func pullImage(_ request: PullRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PulledSummary {
    try await lines("POST", "/images/pull", try encode(request))
      .result(\.pulled, "pull", hint: "the next one goes on where this one was", onEvent: onEvent)
  }

  public func buildImage(_ request: ImageBuildRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> ImageSummary {
    try await lines("POST", "/images/build", try encode(request))
      .result(\.built, "build", hint: "steps that were done are in the cache", onEvent: onEvent)
  }

  public func checkBuild(_ request: ImageBuildRequest) async throws -> BuildCheck { try await call("POST", "/images/build/check", request) }

  public func pushImage(_ request: PushRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PushedSummary {
    try await lines("POST", "/images/push", try encode(request))
      .result(\.pushed, "push", hint: "the next one sends only what is missing", onEvent: onEvent)
  }

  public func loadImages(_ source: ImageSource) async throws -> LoadedImages {
    let hint = "nothing of the archive is here"
    switch source {
    case .path(let path):
      return try await lines("POST", "/images/load/path", try encode(ImportRequest(path: path, reference: nil)))
        .result(\.loaded, "load", hint: hint) { _ in }
    case .pieces(let pieces):
      let exchange = try await Exchange(streaming: socket, "POST", "/images/load")
      return try await withThrowingTaskGroup(of: LoadedImages?.self) { group in
        group.addTask {
          do {
            for try await piece in pieces { try await exchange.send(chunk: piece) }
            try await exchange.endBody()
          } catch let error as EngineError where error.code == .unavailable {
            // An engine that takes no more says why, or is gone, which the reader finds too.
          }
          return nil
        }
        group.addTask {
          try await exchange.start()
          return try await Items(exchange: exchange).result(\.loaded, "load", hint: hint) { _ in }
        }
        defer { group.cancelAll() }
        while let next = try await group.next() {
          if let loaded = next { return loaded }
        }
        throw CancellationError()
      }
    }
  }

  public func events(_ request: EventRequest) async throws -> AsyncThrowingStream<Event, any Error> {
    var query: [String] = []
    if let project = request.project { query.append("project=" + project.rawValue.percentEncoded) }
    if let since = request.since { query.append("since=" + EventRequest.text(max(0, since))) }
    if let until = request.until { query.append("until=" + EventRequest.text(max(0, until))) }
    if !request.filters.isEmpty {
      query.append("filters=" + String(decoding: try encode(request.filters), as: UTF8.self).percentEncoded)
    }
    let items = try await lines("GET", "/events" + (query.isEmpty ? "" : "?" + query.joined(separator: "&")), nil)
    return AsyncThrowingStream { try await items.next()?.event }
  }

  private func operation(_ request: StackRequest, _ digest: String?) async throws -> Items {
    Items(exchange: try await exchange(Self.path(request.project) + "/operations", request, digest))
  }

  private func lines(_ method: String, _ target: String, _ body: [UInt8]?) async throws -> Items {
    let exchange = try await Exchange(socket, method, target, body: body)
    try await exchange.start()
    return Items(exchange: exchange)
  }
}

/// The items of a streamed answer; an `error` item is thrown.
private struct Items: Sendable {
  let exchange: Exchange

  func next() async throws -> StreamItem? {
    guard let line = try await exchange.nextLine() else { return nil }
    let item: StreamItem = try decode(line)
    if let error = item.error { throw error }
    return item
  }

  /// Hands events on until the item comes that has what all was for.
  func result<Value>(
    _ field: KeyPath<StreamItem, Value?>, _ work: String, hint: String, onEvent: (Event) -> Void
  ) async throws -> Value {
    while let item = try await next() {
      if let event = item.event { onEvent(event) }
      if let value = item[keyPath: field] { return value }
    }
    throw EngineError(.unavailable, "the engine went away before the \(work) ended", hint: hint)
  }
}
