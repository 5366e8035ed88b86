import Backend
import ImageStore
import LinuxKit
import Networking
import OCI
public import Reconciler
public import StackModel

extension LocalBackend {
  public func observe(_ project: ProjectName?) async throws -> Observed {
    let stack: Stack? = if let project { await catalog.stack(project)?.stack } else { nil }
    var observed = await observe(project: project, stack: stack)
    guard let stack = stack.map(remapped) else { return observed }
    let remote = tagsSeen.all
    for index in observed.containers.indices {
      let fields = stack.outdatedFields(of: observed.containers[index], images: observed.images, remote: remote)
      if !fields.isEmpty { observed.containers[index].outdated = fields }
    }
    return observed
  }

  /// What exists, with the images that the stack names.
  ///
  /// `looksAtBuilds`: and which of them are built from something else now.
  func observe(project: ProjectName?, stack: Stack?, looksAtBuilds: Bool = false) async -> Observed {
    var observed = Observed(generation: generation.current)
    for container in await containers.all(project) { observed.containers.append(await container.observed) }
    observed.containers.sort { $0.spec.name < $1.spec.name }
    // What one of them keeps is there for all who are in its namespace.
    let kept = Dictionary(
      observed.containers.compactMap { container in container.joinedNetwork.flatMap { id in container.keptNetwork.map { (id, $0) } } },
      uniquingKeysWith: { first, _ in first })
    for index in observed.containers.indices {
      if let owner = observed.containers[index].joinedNetwork { observed.containers[index].keptNetwork = kept[owner] }
    }
    observed.networks = await catalog.networks().map {
      ObservedNetwork(definition: $0.record.network, requested: $0.requested, project: $0.project)
    }
    observed.volumes = await catalog.volumes().map { row in
      var volume = ObservedVolume(
        definition: row.definition, project: row.project, createdAt: row.createdAt, isAnonymous: row.isAnonymous)
      do throws(EngineError) { try checkData(of: row.definition) } catch { volume.problem = error.message }
      return volume
    }
    let jobs = await self.jobs.observed(project)
    if !jobs.isEmpty { observed.jobs = jobs }
    let now = WallClock.nanoseconds() / 1_000_000_000
    var references = Set(observed.containers.map(\.spec.image))
    if let stack { references.formUnion(stack.servicesAndJobs.values.map(\.image)) }
    for reference in references {
      guard let image = await images.resolve(reference) else { continue }
      observed.images[reference] = image.id
      if let name = try? ImageReference(reference), let pulled = await images.lastPull(of: name) {
        observed.imageAges = (observed.imageAges ?? [:]).merging([reference: max(0, now - pulled)]) { $1 }
      }
    }
    if looksAtBuilds, let stack { observed.changedBuilds = await changedBuilds(stack, observed.images) }
    return observed
  }
}
