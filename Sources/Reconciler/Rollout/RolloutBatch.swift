public import StackModel

/// Containers of one service that are replaced at the same time, and what becomes of the rest when one of them fails.
public struct RolloutBatch: Sendable, Codable, Equatable {
  public var service: ServiceName
  /// From 1.
  public var number: Int
  /// How many batches there are.
  public var count: Int
  /// The containers of this batch.
  public var containers: [String]
  /// What they are called until they take over, where they are started beside those that they replace.
  public var successors: [String]
  /// How many containers have been tried when this batch is over, and how many there are in all.
  public var tried: Int
  public var total: Int
  public var failureAction: Rollout.FailureAction
  /// More than this share of `total` failing is a failure of the whole.
  public var maximumFailureRatio: Double
  /// An earlier version is coming back.
  public var isRollback: Bool

  public init(
    service: ServiceName, number: Int, count: Int, containers: [String], successors: [String], tried: Int, total: Int,
    failureAction: Rollout.FailureAction, maximumFailureRatio: Double, isRollback: Bool
  ) {
    self.service = service
    self.number = number
    self.count = count
    self.containers = containers
    self.successors = successors
    self.tried = tried
    self.total = total
    self.failureAction = failureAction
    self.maximumFailureRatio = maximumFailureRatio
    self.isRollback = isRollback
  }

  /// Whether the rest goes on when so many have failed.
  public func goesOn(failed: Int) -> Bool {
    failureAction == .continue || Double(failed) <= maximumFailureRatio * Double(total)
  }

  /// `update of web, 2 of 3`
  public var words: String { "\(isRollback ? "rollback" : "update") of \(service), \(number) of \(count)" }
}
