/// What people read of a plan: what happens to which thing and why, without the steps and what is in them.
public struct PlanOutline: Sendable, Codable, Equatable {
  /// In the order of the plan's steps, each thing where it is first touched.
  public var changes: [PlannedChange]
  public var notes: [String]
  /// How many containers stay as they are.
  public var unchanged: Int
  /// Whether nothing is to be done, not even to be waited for.
  public var isEmpty: Bool

  public init(_ plan: Plan) {
    changes = PlannedChange.all(in: plan)
    notes = plan.notes
    unchanged = plan.unchanged.count
    isEmpty = plan.isEmpty
  }
}
