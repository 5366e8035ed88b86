public import Backend

/// What both ends of the engine's socket must agree on, beside the paths.
public enum Wire {
  /// Sent with every request and every answer; an engine refuses requests of another API, a command answers of another.
  public static let apiHeader = "Muster-Api"
  /// The engine's version, with every answer.
  public static let versionHeader = "Muster-Version"
  /// Sent with a request whose work is to be traced: 16 hexadecimal digits of the command's choice, under which the engine keeps the trace.
  public static let traceHeader = "Muster-Trace"
  /// Sent with an operation: 64 hexadecimal digits that stand for the whole request. Without a body, the engine carries out the request that it got
  /// under the same digits before, or answers 204 (No Content) when it has none; then the request comes whole.
  public static let digestHeader = "Muster-Digest"
  /// The largest request body, in bytes: a stack with its configs' contents.
  public static let bodyLimit = 16 << 20
  /// The largest line of a streamed answer that a client takes, in bytes.
  public static let lineLimit = 64 << 20
  public static let lines = "application/x-ndjson"
  public static let frames = "application/vnd.muster.session"
  public static let json = "application/json"
}

extension EngineError.Code {
  /// The HTTP status of an answer that is this error.
  public var httpStatus: Int {
    switch self {
    case .invalid: 400
    case .denied: 403
    case .notFound: 404
    case .conflict: 409
    case .unavailable: 503
    case .timedOut: 504
    case .internal: 500
    }
  }
}
