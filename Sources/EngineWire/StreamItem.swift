public import Backend

/// One line of a streamed answer (newline-delimited JSON). Exactly one field is set; all but `event` and `line` are the last of their stream.
public struct StreamItem: Sendable, Codable, Equatable {
  public var event: Event?
  public var line: LogLine?
  public var report: Report?
  public var error: EngineError?
  public var pulled: PulledSummary?
  public var pushed: PushedSummary?
  public var loaded: LoadedImages?
  public var built: ImageSummary?
  public init(
    event: Event? = nil, line: LogLine? = nil, report: Report? = nil, error: EngineError? = nil, pulled: PulledSummary? = nil,
    pushed: PushedSummary? = nil, loaded: LoadedImages? = nil, built: ImageSummary? = nil
  ) {
    self.built = built
    self.loaded = loaded
    self.event = event
    self.line = line
    self.report = report
    self.error = error
    self.pulled = pulled
    self.pushed = pushed
  }
}
