import ImageStore
import OCI
import StackModel

/// Carries out the instructions of one stage.
struct StageBuilder {
  let builder: ImageBuilder
  let spec: BuildSpec
  let plan: BuildPlan
  let stage: BuildPlan.Stage
  let escape: UInt8
  let context: BuildContext
  let progress: BuildProgress
  /// Stages that are built already.
  let built: [Int: StageState]
  let secret: SecretSource
  /// Of other places.
  let caches: ForeignCaches
  /// nil: what is made is as old as it is.
  let date: SourceDate?
  var state: StageState
  /// `[2/4]`: steps that can change files, FROM included.
  private var step = 1
  private let steps: Int
  /// Layers that this build holds on to.
  var pinned: [Digest] = []

  init(
    builder: ImageBuilder, spec: BuildSpec, plan: BuildPlan, stage: BuildPlan.Stage, escape: UInt8, context: BuildContext,
    progress: BuildProgress, built: [Int: StageState], secret: @escaping SecretSource, caches: ForeignCaches, date: SourceDate? = nil,
    state: StageState
  ) {
    self.builder = builder
    self.spec = spec
    self.plan = plan
    self.stage = stage
    self.escape = escape
    self.context = context
    self.progress = progress
    self.built = built
    self.secret = secret
    self.caches = caches
    self.date = date
    self.state = state
    steps = 1 + stage.instructions.count { [.run, .copy, .add, .workdir].contains($0.keyword) }
  }

  /// Runs what the base image left to be run, then the stage's own instructions.
  mutating func run() async throws {
    let name: String
    switch stage.base {
    case .scratch: name = "scratch"
    case .stage(let index): name = plan.stages[index].title
    case .image(let reference): name = reference.orLatest.canonical
    }
    progress.begin("\(label) FROM \(name)").done()
    let triggers = state.execution.onBuild ?? []
    state.execution.onBuild = nil
    for text in triggers {
      var instruction = try Dockerfile.trigger(text, file: "ONBUILD of \(name)")
      instruction.range = stage.from.range
      try await carryOut(instruction)
    }
    for instruction in stage.instructions { try await carryOut(instruction) }
  }

  /// `no_cache`, or this stage is in `no_cache_filter`.
  private var isUncached: Bool {
    let names = spec.options?.uncachedStages ?? []
    return spec.noCache || names.contains { $0.lowercased() == stage.name || Int($0) == stage.index }
  }

  private mutating func carryOut(_ instruction: Instruction) async throws {
    try Task.checkCancellation()
    switch instruction.keyword {
    case .run: try await runCommand(instruction)
    case .copy, .add: try await copy(instruction)
    case .workdir: try await changeDirectory(instruction)
    default:
      var configuration = Configuration(state: state, escape: escape, arguments: spec.arguments, globals: plan.globals)
      try configuration.carryOut(instruction)
      state = configuration.state
    }
  }

  /// `[build 2/4]`, without the name when there is one stage.
  private var label: String { plan.stages.count == 1 ? "[\(step)/\(steps)]" : "[\(stage.title) \(step)/\(steps)]" }

  mutating func begin(_ text: String) -> BuildProgress.Work {
    step = min(step + 1, steps)
    return progress.begin("\(label) \(text)")
  }

  /// The words of an instruction with its variables replaced.
  func expand(_ text: String, _ instruction: Instruction) throws -> String { try state.expand(text, instruction, escape) }

  /// What an instruction made, from the cache or new.
  ///
  /// `make` fills the upper directory of an overlay over the stage's layers and returns the key that holds for what it really took.
  ///
  /// - Parameter isAlone: The layer is made over nothing (`--link`).
  mutating func layer(
    key: Digest, history: String, work: BuildProgress.Work, isAlone: Bool = false, make: (Overlay) async throws -> Digest
  ) async throws {
    let store = builder.store
    let cache = BuildCache(directory: store.cacheDirectory)
    let known = date?.key(key) ?? key
    if !isUncached, let record = try await recorded(known, cache, work) {
      state.note(history, record, of: known)
      return work.cached()
    }
    let workspace = try store.makeWorkspace()
    do {
      let overlay = try await Overlay(store: store, layers: isAlone ? [] : state.layers, workspace: workspace)
      let key = try await make(overlay)
      try Task.checkCancellation()
      var made: Digest?
      if try overlay.hasChanges() {
        if let date { try await onThread { _ in try date.clamp(overlay.upperPath) } }
        let layer = try await store.commitLayer(from: overlay.upperPath).diffID
        pinned.append(layer)
        made = layer
      }
      let record = BuildCache.Record(layer: made, created: date?.text ?? ImageTime.now())
      let dated = date?.key(key) ?? key
      try cache.store(record, for: dated)
      state.note(history, record, of: dated)
      try await store.discard(workspace)
      work.done()
    } catch {
      try? await store.discard(workspace)
      work.failed("\(error)")
      throw error
    }
  }
}
