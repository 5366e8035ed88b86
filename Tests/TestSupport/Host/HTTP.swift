/// What a web server answered.
public struct Response: Sendable, CustomStringConvertible {
  public var status: Int
  public var body: String
  /// Where a redirection leads; empty without one.
  public var location: String
  public var description: String { "HTTP \(status)\(location.isEmpty ? "" : " → \(location)")\n\(body)" }
}

/// No answer at all: refused, cut off, not in time.
public struct NoAnswer: Error, CustomStringConvertible {
  public let outcome: Outcome
  public var description: String { "no answer\n\(outcome)" }
}

/// A browser of one user: keeps cookies between its requests. It is curl, from Debian.
public struct Browser: Sendable {
  private let jar: TemporaryDirectory

  public init() throws { jar = try TemporaryDirectory("browser") }

  /// GET, or POST when there is a form. Redirections are not followed.
  public func open(
    _ url: String, form: [(String, String)] = [], headers: [String] = [], seconds: Int = 60
  ) async throws -> Response {
    var command = [
      "curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", String(seconds), "--cookie", jar("cookies"),
      "--cookie-jar", jar("cookies"), "--write-out", "\n%{http_code} %{redirect_url}",
    ]
    for header in headers { command += ["--header", header] }
    for (name, value) in form { command += ["--data-urlencode", "\(name)=\(value)"] }
    let outcome = try await run(command + [url])
    guard outcome.status == 0, let newline = outcome.output.lastIndex(of: "\n") else { throw NoAnswer(outcome: outcome) }
    let tail = outcome.output[outcome.output.index(after: newline)...].split(separator: " ", maxSplits: 1)
    return Response(
      status: tail.first.flatMap { Int($0) } ?? 0, body: String(outcome.output[..<newline]),
      location: tail.count > 1 ? String(tail[1]) : "")
  }
}

/// The body of a page without cookies; `NoAnswer` when nobody answers.
public func fetch(_ url: String, seconds: Int = 10) async throws -> Response { try await Browser().open(url, seconds: seconds) }
