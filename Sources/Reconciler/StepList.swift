/// Steps as they are gathered. A step can only come after steps that are already there, so a plan has no cycle and is listed in an order that works.
struct StepList {
  private(set) var steps: [Step] = []

  /// Appends a step and returns its id.
  @discardableResult
  mutating func add(_ action: Action, _ reasons: [Reason], after: Set<Int> = [], afterEnd: Set<Int>? = nil) -> Int {
    steps.append(Step(id: steps.count, action: action, reasons: reasons, after: after, afterEnd: afterEnd))
    return steps.count - 1
  }
}
