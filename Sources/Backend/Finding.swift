/// How well a backend can do what a stack asks in one field.
public struct Finding: Sendable, Codable, Equatable {
  public enum Support: String, Sendable, Codable { case exact, equivalent, approximate, unsupported }
  /// `services.web.sysctls.net.core.somaxconn`.
  public var field: String
  public var support: Support
  public var why: String
  public var advice: String?
  public init(field: String, support: Support, why: String, advice: String? = nil) {
    self.field = field
    self.support = support
    self.why = why
    self.advice = advice
  }
}
