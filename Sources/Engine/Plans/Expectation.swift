import Backend
import FoundationEssentials
import Reconciler
import StackModel

extension LocalBackend {
  /// What a plan is and was made from, in fingerprints under this engine's own key.
  func expectation(of plan: Plan, stack: Stack?, observed: Observed) throws -> PlanExpectation {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let basis = try PlanBasis(project: plan.project, stack: stack, observed: observed) { value, name in
      try vault.fingerprint(Array(try encoder.encode(value)), name: "plan/\(plan.project)/\(name)")
    }
    return PlanExpectation(engine: try vault.fingerprint([], name: "plan"), basis: basis, effects: plan.effects)
  }
}
