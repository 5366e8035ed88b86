import ImageStore
import OCI

extension ImageBuilder {
  /// Writes the caches that a build is to leave elsewhere. Its layers are pinned.
  ///
  /// - Parameters:
  ///   - state: the stage that the image was made of.
  ///   - others: all stages that were built for it.
  func export(
    to targets: [CacheRequests.Target], _ state: StageState, _ others: [StageState], _ registries: RegistryAccess, _ progress: BuildProgress
  ) async throws {
    for target in targets {
      let steps = target.keepsAll ? state.steps + others.flatMap(\.steps) : state.steps
      let (kind, options) =
        if case .registry = target.location { ("registry", Result { try registries() }) } else { ("directory", .success(PullOptions())) }
      let work = progress.begin("exporting cache to \(kind) \(target.location.name)")
      guard !steps.isEmpty else {
        progress.warn("the cache \(target.location.name) is not written: no step has made anything")
        work.done()
        continue
      }
      do {
        let written = try await store.exportCache(steps.map(\.record), to: target.location, try options.get())
        work.note("writing cache manifest \(written.digest)")
        work.done()
      } catch let error as CancellationError {
        throw error
      } catch {
        work.failed("\(error)")
        let message = "the cache cannot be written to \(target.location.name): \(error)"
        guard target.ignoresErrors else {
          throw BuildError(message, hint: (error as? RegistryError)?.hint ?? "with ignore-error=true the build goes well without it")
        }
        progress.warn(message)
      }
    }
  }
}
