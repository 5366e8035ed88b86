public import Backend
import Glibc
import ImageStore
import LinuxKit
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func pruneSystem(_ request: PruneRequest, volumes removesVolumes: Bool) async throws -> PruneReport {
    var report = PruneReport()
    try await pruneContainers(request, &report)
    // When a network was made is not known, so that a limit on the age leaves all.
    if request.until == nil { try await pruneNetworks(request, &report) }
    if removesVolumes, request.until == nil {
      // Those without a name of the user's, whatever else is to go.
      var anonymous = request
      anonymous.all = false
      let pruned = try await pruneVolumes(anonymous)
      report.volumes = pruned.volumes
      report.reclaimed += pruned.reclaimed
    }
    let images = try await pruneImages(request)
    report.images = images.images
    report.reclaimed += images.reclaimed
    guard request.until == nil, request.labels.isEmpty, request.notLabels.isEmpty else { return report }
    let kept = try await self.images.removeUnusedLayers()
    report.cache = kept.lines.map { String($0.dropFirst("Deleted: sha256:".count).prefix(12)) }
    report.reclaimed += kept.reclaimed
    return report
  }

  /// Those that do not run, each alone on its project.
  private func pruneContainers(_ request: PruneRequest, _ report: inout PruneReport) async throws {
    for container in await containers.all() {
      let spec = container.spec
      guard request.matches(labels: spec.options.labels, created: await container.record.createdAt) else { continue }
      let size = try await projects.alone(on: spec.project) { () -> Int64? in
        guard [.created, .exited, .dead].contains(await container.observed.state), await container.running == nil else { return nil }
        let upper = await container.files.upper
        let size = try await onThread { _ in (try? Descriptor.open(upper, O_RDONLY | O_DIRECTORY).diskUse()) ?? 0 }
        try await self.remove(container.id, volumes: false)
        return size
      }
      guard let size else { continue }
      report.containers.append(container.id.rawValue)
      report.reclaimed += size
    }
  }

  private func pruneNetworks(_ request: PruneRequest, _ report: inout PruneReport) async throws {
    for row in await catalog.networks() where request.matches(labels: row.requested.labels, created: nil) {
      let name = row.requested.name
      let isGone = try await projects.alone(on: row.project ?? "") {
        for container in await self.containers.all() {
          if case .bridges(let attachments) = container.spec.options.network, attachments.contains(where: { $0.network == name }) {
            return false
          }
        }
        try await self.removeNetwork(name)
        return true
      }
      if isGone { report.networks.append(name.rawValue) }
    }
  }
}
