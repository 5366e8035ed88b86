import Diagnostics
public import ImageStore
public import OCI
public import StackModel

/// The content of a secret that a stack grants to a build.
public typealias SecretSource = @Sendable (FileGrant) async throws -> [UInt8]

/// Makes images from Dockerfiles, with BuildKit's rules.
public struct ImageBuilder: Sendable {
  let store: ImageStore
  let sandbox: any BuildSandbox

  public init(store: ImageStore, sandbox: any BuildSandbox) {
    self.store = store
    self.sandbox = sandbox
  }

  /// Builds an image and gives it its names. What was made before from the same things is taken from the cache: the second build of the same
  /// does nothing and returns the same image.
  ///
  /// `onOutput` gets BuildKit's plain progress, a line at a time without its newline. Throws ``DockerfileError`` where a place in the Dockerfile is
  /// to blame, ``BuildError``, or what the sandbox threw. A build that fails or is cancelled leaves no image and no half layer.
  ///
  /// The context may be a git repository's address (``GitSource``) or `sent`, where the Dockerfile's path is relative to.
  ///
  /// `secret` gives the content of one of `spec.options.secrets` when a RUN asks for it. It is in no layer, no key of the cache and no history.
  ///
  /// What the caches of `spec.requests.cacheFrom` have is not made again; one that cannot be read is told about and passed over. Those of
  /// `cacheTo` are written when the image is there: then it stays, also when one of them cannot be written and this throws. `registries` says
  /// how those in registries are reached.
  public func build(
    _ spec: BuildSpec, sent: SentContext? = nil, references: [ImageReference],
    secret: @escaping SecretSource = { _ in throw BuildError("there are no secrets") },
    registries: @escaping RegistryAccess = { PullOptions() },
    onOutput: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> Image {
    let progress = BuildProgress(onOutput)
    let workspace = BuildWorkspace(store)
    do {
      var local = spec
      let origin = ContextOrigin(spec, sent)
      if let origin { local.context = try await origin.bring(to: try workspace.place("context"), progress) }
      let image = try await build(local, references, secret, registries, workspace, progress, isFetched: origin != nil)
      try await workspace.discard()
      return image
    } catch {
      try? await workspace.discard()
      throw error
    }
  }

  private func build(
    _ spec: BuildSpec, _ references: [ImageReference], _ secret: @escaping SecretSource, _ registries: @escaping RegistryAccess,
    _ workspace: BuildWorkspace, _ progress: BuildProgress, isFetched: Bool
  ) async throws -> Image {
    let requests = try CacheRequests(spec.requests)
    for note in requests.notes { progress.warn(note) }
    let definition = progress.begin("[internal] load build definition from \(spec.dockerfile ?? "dockerfile_inline")")
    let context = try BuildContext(spec, isFetched: isFetched)
    let tags = try spec.tags.map { try ImageReference($0) }
    let file = try Dockerfile(parsing: context.dockerfile, file: context.dockerfileName)
    definition.note("transferring dockerfile: \(context.dockerfile.count)B")
    definition.done()
    let ignore = progress.begin("[internal] load .dockerignore")
    ignore.note("transferring context: \(context.ignoreSize)B")
    ignore.done()
    let written = try plan(file, context, spec)
    try await refuseWarnings(in: file, context, spec)
    let date = try SourceDate(spec.arguments)
    let known = written.declared.union(PlatformArguments.proxies).union([SourceDate.name, LintOptions.argument])
    for name in spec.arguments.keys.sorted() where !known.contains(name) {
      progress.warn("the build argument \(name) is not used: no ARG has it")
    }

    // Missing images are told before anything is built.
    for index in written.needed() {
      if case .image(let reference) = written.stages[index].base { _ = try await image(reference, at: written.stages[index].from.range) }
    }
    let plan = try await written.fetched(into: workspace, agent: spec.options?.agents?["default"], progress)
    let caches = try await ForeignCaches(opening: spec.noCache ? [] : requests.sources, registries, progress)
    var pinned: [Digest] = []
    do {
      let built = try await stages(of: plan, pinned: &pinned) { index, built, pinned in
        let state = try await base(of: plan.stages[index], built, isFetched: spec.requests?.pullsBase == true, pinned: &pinned)
        return StageBuilder(
          builder: self, spec: spec, plan: plan, stage: plan.stages[index], escape: file.escape, context: context, progress: progress,
          built: built, secret: secret, caches: caches, date: date, state: state)
      }
      guard var state = built[plan.target] else { throw BuildError("\(context.dockerfileName) has no stage to build") }
      if requests.isInline {
        for step in state.steps { state.history[step.place].comment = InlineCache.comment(step.record.key) }
      }
      let image = try await export(state, labels: spec.labels, references: references + tags, date, progress)
      try await export(to: requests.targets, state, built.sorted { $0.key < $1.key }.map(\.value), registries, progress)
      await store.unpin(pinned)
      await caches.close()
      return image
    } catch {
      await store.unpin(pinned)
      await caches.close()
      throw error
    }
  }

  /// Builds the stages that the target needs, each as soon as those that it needs are there.
  ///
  /// - Parameter pinned: Gets the layers that the build holds on to, also when a stage fails; the others are broken off then.
  private func stages(
    of plan: BuildPlan, pinned: inout [Digest],
    _ stage: @escaping @Sendable (Int, [Int: StageState], inout [Digest]) async throws -> StageBuilder
  ) async throws -> [Int: StageState] {
    typealias Ended = (index: Int, result: Result<StageState, any Error>, pinned: [Digest])
    var built: [Int: StageState] = [:]
    var failure: (any Error)?
    var held: [Digest] = []
    await withTaskGroup(of: Ended.self) { group in
      var waiting = plan.needed()
      func startReady() {
        for index in waiting where plan.needs(of: index).allSatisfy({ built[$0] != nil }) {
          let known = built
          group.addTask {
            var held: [Digest] = []
            do {
              var builder = try await stage(index, known, &held)
              do { try await builder.run() } catch { return (index, .failure(error), held + builder.pinned) }
              return (index, .success(builder.state), held + builder.pinned)
            } catch {
              return (index, .failure(error), held)
            }
          }
        }
        waiting.removeAll { index in plan.needs(of: index).allSatisfy { built[$0] != nil } }
      }
      startReady()
      while let ended = await group.next() {
        held += ended.pinned
        switch ended.result {
        case .success(let state):
          built[ended.index] = state
          if failure == nil { startReady() }
        case .failure(let error):
          // The first tells what went wrong; those after it were broken off.
          if failure == nil { failure = error }
          group.cancelAll()
        }
      }
    }
    pinned += held
    if let failure { throw failure }
    return built
  }

  private func base(of stage: BuildPlan.Stage, _ built: [Int: StageState], isFetched: Bool, pinned: inout [Digest]) async throws
    -> StageState
  {
    switch stage.base {
    case .scratch: return .scratch
    case .stage(let index):
      var state = built[index] ?? .scratch
      state.hasCommand = false
      return state
    case .image(let reference):
      if isFetched { try await fetch(reference, at: stage.from.range) }
      let image = try await image(reference, at: stage.from.range)
      await store.pin(image.config.rootfs.diffIDs)
      pinned += image.config.rootfs.diffIDs
      return StageState(image)
    }
  }

  /// An image of this machine, or of its registry.
  func image(_ reference: ImageReference, at range: SourceRange) async throws -> Image {
    if let image = await store.resolve(reference) { return image }
    try await fetch(reference, at: range)
    if let image = await store.resolve(reference) { return image }
    throw DockerfileError(range, "the image \(reference.orLatest) is not on this machine")
  }

  private func fetch(_ reference: ImageReference, at range: SourceRange) async throws {
    do {
      try await sandbox.fetch(reference.orLatest)
    } catch let error as CancellationError {
      throw error
    } catch {
      throw DockerfileError(range, "the image \(reference.orLatest) cannot be pulled: \(error)")
    }
  }

  private func export(
    _ state: StageState, labels: [String: String], references: [ImageReference], _ date: SourceDate?, _ progress: BuildProgress
  ) async throws -> Image {
    try Task.checkCancellation()
    let work = progress.begin("exporting to image")
    var execution = state.execution
    if !labels.isEmpty { execution.labels = (execution.labels ?? [:]).merging(labels) { $1 } }
    var config = ImageConfig(
      created: date?.text ?? state.created, architecture: Platform.current.architecture, os: Platform.current.os, config: execution,
      rootfs: .init(diffIDs: state.layers), history: state.history)

    config.author = state.author
    let image = try await store.add(config: config, references: references)
    work.note("writing image \(image.id)")
    for reference in references { work.note("naming to \(reference.orLatest.canonical)") }
    work.done()
    return image
  }
}
