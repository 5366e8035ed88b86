public import Reconciler
public import StackModel

/// A plan that is kept in a file to be carried out later, or not at all when the world has moved on: `plan --out`, `up --plan`.
///
/// Nothing in it is executed. Whoever carries it out plans again, and goes on only when that gives the same; so a file that was tampered with can be
/// refused and do no more. Values that a printed plan hides are not in it.
public struct SavedPlan: Sendable, Codable, Equatable {
  public static let format = "muster-plan"
  public static let currentVersion = 1

  public var format: String
  public var version: Int
  /// The Muster that made it.
  public var madeBy: String
  /// Nanoseconds since 1970.
  public var madeAt: Int64
  public var project: ProjectName
  /// The stack files, absolute, for people.
  public var files: [String]
  public var operation: Operation
  public var expectation: PlanExpectation
  /// The plan as it was shown.
  public var plan: Plan

  public init(_ prepared: PreparedPlan, of request: StackRequest, madeAt: Int64) {
    format = Self.format
    version = Self.currentVersion
    madeBy = MusterVersion.version
    self.madeAt = madeAt
    project = request.project
    files = request.stack?.files ?? []
    operation = request.operation
    expectation = prepared.expectation
    plan = prepared.plan.withoutSensitiveValues
  }
}

/// What a plan is, and what it was made from: a request with one is refused when it gives another plan.
public struct PlanExpectation: Sendable, Codable, Equatable {
  /// Which engine made the plan.
  public var engine: String
  public var basis: PlanBasis
  /// `Plan.effects`.
  public var effects: [String]
  public init(engine: String, basis: PlanBasis, effects: [String]) {
    self.engine = engine
    self.basis = basis
    self.effects = effects
  }

  /// Throws unless `now` is the same, saying what is not.
  public func check(_ now: PlanExpectation) throws(EngineError) {
    guard engine == now.engine else {
      throw EngineError(.conflict, "the plan was made by another engine", hint: "plan again: muster plan --out FILE")
    }
    let differences = basis.differences(to: now.basis)
    guard differences.isEmpty else {
      let shown = differences.prefix(20).map { "\n  " + $0 }.joined()
      let rest = differences.count > 20 ? "\n  and \(differences.count - 20) more" : ""
      throw EngineError(
        .conflict, "the plan is out of date; since it was made there are changes:\(shown)\(rest)",
        hint: "plan again: muster plan --out FILE")
    }
    guard effects == now.effects else {
      let first = zip(effects, now.effects).first { $0 != $1 }
      let what =
        first.map { "it says \"\($0.0)\" where it would be \"\($0.1)\"" }
        ?? "it has \(effects.count) steps where it would have \(now.effects.count)"
      throw EngineError(
        .conflict, "the plan is not what would be done now, although nothing has changed: \(what)",
        hint: "the file was changed, or made by another version of Muster; plan again: muster plan --out FILE")
    }
  }
}

/// A plan, and what its execution may be made to depend on.
public struct PreparedPlan: Sendable, Codable, Equatable {
  public var plan: Plan
  public var expectation: PlanExpectation
  public init(plan: Plan, expectation: PlanExpectation) {
    self.plan = plan
    self.expectation = expectation
  }
}
