/// How far what is asked for can be done: a field of the stack file and what becomes of it.
///
/// Place, reason and advice are the ``Diagnostic``'s that carries it.
public struct Finding: Sendable, Codable, Hashable {
  /// From `exact`, which needs no telling, to `unsupported`.
  public enum Support: String, Sendable, Codable, CaseIterable {
    /// As the specification has it.
    case exact
    /// In another way, with the same result.
    case equivalent
    /// Not quite: a hint that has no effect, a result that differs in what the reason says.
    case approximate
    /// Not at all; the stack is refused where that would weaken isolation, lose data or change who is reached.
    case unsupported
  }
  /// `services.web.build.ssh`.
  public var field: String
  public var support: Support
  public init(field: String, support: Support) {
    self.field = field
    self.support = support
  }
}
