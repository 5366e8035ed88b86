public import Backend
import Glibc
import ImageStore
import LinuxKit
import OCI
import Reconciler
import StackModel
import VolumeStore

extension LocalBackend {
  public func diskUsage() async throws -> DiskUsage {
    let all = await containers.all()
    var usage: [DiskUsage.ContainerUsage] = []
    var links: [VolumeName: Int] = [:]
    var standing: [Digest: Int] = [:]
    for container in all {
      let record = await container.record
      var names = Set(record.anonymousVolumes.values)
      for mount in record.spec.options.mounts { if case .volume(let name) = mount.source { names.insert(name) } }
      for name in names { links[name, default: 0] += 1 }
      for id in Set([record.imageID] + (record.mountedImages ?? [:]).values) { standing[id, default: 0] += 1 }
      let upper = await container.files.upper
      let size = try await onThread { _ in (try? Descriptor.open(upper, O_RDONLY | O_DIRECTORY).diskUse()) ?? 0 }
      usage.append(.init(observed: await container.observed, size: size, volumes: names.count))
    }
    let (images, layersSize, reclaimable) = await imageUsage(standing)
    var volumes: [DiskUsage.VolumeUsage] = []
    for row in await catalog.volumes() {
      let name = row.definition.name
      let store = self.volumes
      let size = try await onThread { _ in store.bytesUsed(by: name) }
      volumes.append(
        .init(
          summary: VolumeSummary(name: name, size: size, createdAt: row.createdAt, isAnonymous: row.isAnonymous), links: links[name] ?? 0))
    }
    let kept = await self.images.unusedLayers().map { DiskUsage.CacheUsage(id: $0.diffID.short, type: "layer", size: $0.size) }
    let mounts = try await self.images.cacheMounts().map {
      DiskUsage.CacheUsage(id: String($0.name.prefix(12)), type: "cache mount", size: $0.size)
    }
    return DiskUsage(
      layersSize: layersSize, reclaimableImages: reclaimable, images: images, containers: usage, volumes: volumes, cache: kept + mounts)
  }

  private func imageUsage(_ standing: [Digest: Int]) async -> ([DiskUsage.ImageUsage], total: Int64, reclaimable: Int64) {
    let listed = await images.list()
    var sizes: [Digest: Int64] = [:]
    var owners: [Digest: Int] = [:]
    var held: Set<Digest> = []
    for image in listed {
      for diffID in Set(image.config.rootfs.diffIDs) {
        owners[diffID, default: 0] += 1
        sizes[diffID] = await images.layer(diffID)?.size ?? 0
        if standing[image.id] != nil { held.insert(diffID) }
      }
    }
    let total = sizes.values.reduce(0, +)
    let reclaimable = sizes.filter { !held.contains($0.key) }.values.reduce(0, +)
    let found = listed.map { image in
      let shared = Set(image.config.rootfs.diffIDs).filter { owners[$0] ?? 0 > 1 }.reduce(0) { $0 + (sizes[$1] ?? 0) }
      return DiskUsage.ImageUsage(summary: image.summary, shared: shared, containers: standing[image.id] ?? 0)
    }
    return (found, total, reclaimable)
  }
}
