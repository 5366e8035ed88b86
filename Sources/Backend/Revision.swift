public import OCI
public import StackModel

/// What a project was asked to be at one time, and what came of it. Holds no value of a secret.
public struct Revision: Sendable, Codable, Equatable {
  public enum Outcome: String, Sendable, Codable { case succeeded, failed }
  /// From 1 upwards in the project.
  public var number: Int
  /// Nanoseconds since 1970.
  public var at: Int64
  /// Whoever asked for it; nil: the engine by itself.
  public var caller: Caller?
  /// `up`, `rollback to 3`.
  public var operation: String
  public var outcome: Outcome
  /// What was changed, a sentence each, as the plan says it.
  public var changes: [String]
  /// What its services ran.
  public var images: [ServiceName: Digest]
  /// The project is so now.
  public var isCurrent: Bool
  public init(
    number: Int, at: Int64, caller: Caller?, operation: String, outcome: Outcome, changes: [String], images: [ServiceName: Digest],
    isCurrent: Bool = false
  ) {
    self.number = number
    self.at = at
    self.caller = caller
    self.operation = operation
    self.outcome = outcome
    self.changes = changes
    self.images = images
    self.isCurrent = isCurrent
  }
}

/// Remembers what projects were.
public protocol RevisionKeeper: Sendable {
  /// The revisions of a project that are kept, the newest first.
  func history(_ project: ProjectName) async throws -> [Revision]
}
