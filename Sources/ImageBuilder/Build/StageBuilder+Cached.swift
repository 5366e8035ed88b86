import ImageStore
import OCI

extension StageBuilder {
  /// What an instruction made before: here, or as one of the build's caches has it. Its layer is here, and stays until the build ends.
  mutating func recorded(_ key: Digest, _ cache: BuildCache, _ work: BuildProgress.Work) async throws -> BuildCache.Record? {
    if let record = cache.record(key), await hold(record.layer) { return record }
    for foreign in caches.caches {
      guard let told = foreign.record(key) else {
        // What it said once, to a build that could read it.
        if let record = cache.record(foreign.key(key)), await hold(record.layer) { return record }
        continue
      }
      if let layer = told.layer {
        guard try await foreign.bring(layer, into: builder.store, work, progress) else { continue }
        pinned.append(layer)
      }
      let record = BuildCache.Record(layer: told.layer, created: told.created)
      try cache.store(record, for: foreign.key(key))
      return record
    }
    return nil
  }

  /// Keeps a layer until the build ends; false when it is gone.
  private mutating func hold(_ layer: Digest?) async -> Bool {
    guard let layer else { return true }
    await builder.store.pin([layer])
    pinned.append(layer)
    return await builder.store.layer(layer) != nil
  }
}
