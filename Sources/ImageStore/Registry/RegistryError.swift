/// Why a registry did not give or take what was asked.
public struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The registry answers and does not have it.
    case notFound
    /// It wants other credentials, or credentials at all.
    case denied
    /// It ends TLS over the certificate that this side shows or does not show.
    case untrusted
    /// It cannot be reached, or breaks off again and again.
    case unavailable
    /// It was reached and took too long.
    case timedOut
    /// What it sent is not what it should be.
    case invalid
  }
  public var kind: Kind
  public var message: String
  /// What to do.
  public var hint: String?
  public init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }
  public var description: String { message }
}

/// Text of a registry as it may stand in a message: short, on one line, nothing that moves a cursor.
func shown(_ text: some StringProtocol, limit: Int = 200) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit).map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
}
