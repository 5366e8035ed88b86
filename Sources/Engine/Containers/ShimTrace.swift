import Backend
import ShimProtocol

/// Puts what a shim tells of its work into the trace of whoever asked for it.
struct ShimTrace: Sendable {
  var log: TraceLog
  /// Of the container.
  var name: String
  var steps: [SetupStep]

  /// Nil when nobody wants to know.
  init?(_ name: String, _ steps: [SetupStep]) {
    guard let log = Trace.current?.log else { return nil }
    self.log = log
    self.name = name
    self.steps = steps
  }

  typealias Taker = @Sendable ([ShimSpan]) -> Void

  /// `add` for a shim that runs already.
  func taker(for process: Int32) -> Taker { { add($0, of: process) } }

  /// `add` for one that is to be started.
  var taker: @Sendable (Int32, [ShimSpan]) -> Void { { add($1, of: $0) } }

  /// The shim and its child, which goes along the steps, are two lanes of one process.
  func add(_ spans: [ShimSpan], of process: Int32) {
    let found = spans.map { span in
      TraceSpan(name: words(span.work), process: process, lane: lane(span.work, process), begin: span.begin, end: span.end)
    }
    log.add(found, of: process, program: "muster-shim \(name)")
  }

  private func lane(_ work: ShimSpan.Work, _ process: Int32) -> Int32 {
    if case .step = work { process + 1 } else { process }
  }

  private func words(_ work: ShimSpan.Work) -> String {
    switch work {
    case .beginning: return "begin"
    case .making: return "make the process"
    case .step(let index):
      guard steps.indices.contains(index) else { return "step \(index)" }
      // What it runs with may be a secret.
      if case .execute = steps[index] { return "exec" }
      return steps[index].description
    }
  }
}
