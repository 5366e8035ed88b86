public import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func pruneImages(_ request: PruneRequest) async throws -> PruneReport {
    var report = PruneReport()
    try await asEngineErrors {
      let uses = await imageUses()
      // The next run of a job is to find its image.
      var kept: Set<Digest> = []
      for reference in await jobs.images() { if let image = await images.resolve(reference) { kept.insert(image.id) } }
      for image in await images.list() where uses[image.id] == nil && !kept.contains(image.id) && (request.all || image.references.isEmpty)
      {
        let created = image.config.created.flatMap { Timestamp.nanoseconds($0) }
        guard request.matches(labels: image.labels ?? [:], created: created) else { continue }
        // One that a container has begun to stand on meanwhile keeps its names.
        let now = await imageUses()
        guard now[image.id] == nil else { continue }
        let removal = try await images.remove(image.id.description, force: true) { now[$0] }
        tell(removal, of: image)
        report.images += removal.lines.map { $0.prefix(1).lowercased() + $0.dropFirst() }
        report.reclaimed += removal.reclaimed
      }
    }
    if !report.images.isEmpty { generation.advance() }
    return report
  }

  /// Which images containers stand on, and one container of each.
  func imageUses() async -> [Digest: ImageUse] {
    var uses: [Digest: ImageUse] = [:]
    for container in await containers.all() {
      let record = await container.record
      let use = ImageUse(container: container.id.short, isRunning: await container.running != nil)
      for id in [record.imageID] + (record.mountedImages ?? [:]).values where uses[id]?.isRunning != true { uses[id] = use }
    }
    return uses
  }

  public func verifyImages(_ request: VerifyRequest) async throws -> VerifyReport {
    try await asEngineErrors {
      let uses = await imageUses()
      let found = try await images.verify(repairs: request.repairs, try registryOptions(request.credentials)) { uses[$0] }
      return VerifyReport(
        images: found.images, layers: found.layers,
        damage: found.damage.map { damage in
          let detail =
            switch damage.outcome {
            case .repaired(let how): how
            case .damaged(let why): why
            }
          return VerifyReport.Damage(
            digest: damage.digest, images: damage.images, what: damage.what, isRepaired: damage.isRepaired, detail: detail)
        }, problems: images.problems)
    }
  }
}
