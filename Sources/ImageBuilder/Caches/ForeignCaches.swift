public import ImageStore
import OCI
import Synchronization

/// How registries are reached, and as whom; asked when a build needs one for its caches.
public typealias RegistryAccess = @Sendable () throws -> PullOptions

/// The caches of other places that one build reads, in the order in which they are asked. Must be closed.
struct ForeignCaches: Sendable {
  let caches: [OpenedCache]

  /// Opens caches, telling how it goes. One that cannot be read is told about: the build goes on without it.
  init(opening locations: [CacheLocation], _ registries: RegistryAccess, _ progress: BuildProgress) async throws {
    var caches: [OpenedCache] = []
    for location in locations {
      let work = progress.begin("importing cache manifest from \(location.name)")
      do {
        var options = if case .registry = location { try registries() } else { PullOptions() }
        // A build can do without: it does not wait as long as a pull does.
        options.policy.tries = min(options.policy.tries, 2)
        options.policy.fruitlessTries = min(options.policy.fruitlessTries, 3)
        caches.append(OpenedCache(location, try await ForeignCache.open(location, options)))
        work.done()
      } catch let error as CancellationError {
        for cache in caches { await cache.close() }
        throw error
      } catch {
        work.failed("\(error)")
        progress.warn("the cache \(location.name) is not used: \(error)")
        caches.append(OpenedCache(location, nil))
      }
    }
    self.caches = caches
  }

  func close() async {
    for cache in caches { await cache.close() }
  }
}

/// One of the caches that a build reads.
final class OpenedCache: Sendable {
  private let location: CacheLocation
  /// nil: it could not be read.
  private let cache: ForeignCache?
  private let isBroken = Mutex(false)

  init(_ location: CacheLocation, _ cache: ForeignCache?) {
    self.location = location
    self.cache = cache
  }

  func close() async { await cache?.close() }

  /// What it says that a step has made; nil: nothing, or it can no longer be read.
  func record(_ key: Digest) -> CacheRecord? { isBroken.withLock { $0 } ? nil : cache?.record(key) }

  /// Makes sure that a layer is in the store, pinned once. False: it cannot be had, which is told about, and the cache is asked no more.
  func bring(_ layer: Digest, into store: ImageStore, _ work: BuildProgress.Work, _ progress: BuildProgress) async throws -> Bool {
    guard let cache else { return false }
    do {
      if await store.layer(layer) == nil { work.note("importing layer \(layer.short) from \(location.name)") }
      try await store.bring(layer, from: cache)
      return true
    } catch let error as CancellationError {
      throw error
    } catch {
      try Task.checkCancellation()
      let isFirst = isBroken.withLock { isBroken in
        defer { isBroken = true }
        return !isBroken
      }
      if isFirst { progress.warn("the cache \(location.name) is not used any further: \(error)") }
      return false
    }
  }

  /// The key under which the store remembers what this cache has said of a step.
  ///
  /// It counts for builds that name the same cache, and for no others: whoever writes to a cache could say anything of any step.
  func key(_ key: Digest) -> Digest {
    var own = CacheKey("cache-from", below: [])
    own.fields([location.name, key.hex])
    return own.digest
  }
}
