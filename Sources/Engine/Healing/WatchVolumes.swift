import Backend
import ContainerRuntime
import Glibc
import ImageStore
import LinuxKit
import Reconciler
import StackModel
import VolumeStore

/// Looks whether the volumes of running containers are still what they were: mounts are made again, and missing data are told, never replaced.
///
/// A running container has its own mount of each of its volumes, in its namespace, which nobody can take away on the host: it goes on with what it has. What
/// is put right is the host's side, from which the next container gets the volume.
actor VolumeWatch {
  private let engine: LocalBackend
  /// What was told last of a volume: the same is not told again.
  private var told: [VolumeName: String] = [:]
  /// The directories as they were last time.
  private var inodes: [VolumeName: UInt64] = [:]
  /// Those that are being mounted: a server that is away keeps no other volume waiting.
  private var busy: Set<VolumeName> = []

  init(_ engine: LocalBackend) { self.engine = engine }

  /// Goes on until the task is cancelled: at once when the table of mounts has changed, and every few seconds for what the kernel does not tell.
  func keepLooking(every interval: Duration = .seconds(5)) async {
    let table = try? SharedDescriptor(Descriptor.open("/proc/self/mountinfo", O_RDONLY))
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        await look(&group)
        await news(of: table, within: interval)
      }
    }
  }

  private func news(of table: SharedDescriptor?, within time: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      if let table { group.addTask { await self.engine.poller.wait(table, for: .priority) } }
      group.addTask { try? await Task.sleep(for: time) }
      await group.next()
      group.cancelAll()
    }
    // Many may come and go at once.
    try? await Task.sleep(for: .milliseconds(200))
  }

  private func look(_ group: inout DiscardingTaskGroup) async {
    var users: [VolumeName: [Container]] = [:]
    for container in await engine.containers.all() where await container.running != nil {
      for name in await container.volumeNames { users[name, default: []].append(container) }
    }
    inodes = inodes.filter { users[$0.key] != nil }
    told = told.filter { users[$0.key] != nil }
    guard !users.isEmpty else { return }
    var mounted: Set<VolumeName>?
    for row in await engine.catalog.volumes() {
      let (definition, name) = (row.definition, row.definition.name)
      guard let users = users[name] else { continue }
      if definition.mount == nil {
        await lookAt(definition, users)
        continue
      }
      if mounted == nil { mounted = try? engine.volumes.mounted() }
      if mounted?.contains(name) ?? true {
        await settle(nil, name, users)
      } else if busy.insert(name).inserted {
        group.addTask { await self.mount(definition, users) }
      }
    }
  }

  /// A directory that somebody has removed, or that is another one than the containers have.
  private func lookAt(_ definition: Volume, _ users: [Container]) async {
    let name = definition.name
    guard let inode = engine.volumes.inode(name) else {
      inodes[name] = nil
      return await settle(LocalBackend.missingData(name, engine.volumes.path(of: name)), name, users)
    }
    // The kernel says of a directory that is removed what it was, for whoever still has it.
    guard inodes.updateValue(inode, forKey: name) != inode || told[name] != nil else { return }
    var strayed: [Container] = []
    for container in users where await container.hasRemovedDirectory(of: name) { strayed.append(container) }
    if strayed.isEmpty { return await settle(nil, name, users) }
    await settle(
      "the directory of the volume \(name) was removed and made anew: this container still writes to the old one, which is lost when it ends",
      name,
      strayed)
  }

  /// Tells what is wrong, on whom it matters to; nil: nothing is.
  private func settle(_ problem: String?, _ name: VolumeName, _ users: [Container]) async {
    for container in users { await container.setVolumeProblem(problem, name) }
    guard told[name] != problem else { return }
    told[name] = problem
    guard let problem else { return }
    for project in Set(users.map(\.spec.project)) { engine.log.append(.warning(problem), project: project) }
  }

  private func mount(_ definition: Volume, _ users: [Container]) async {
    defer { busy.remove(definition.name) }
    let name = definition.name
    do {
      let isMended = try await engine.volumeGate.alone(on: name) { try await self.engine.mountVolume(definition) }
      told[name] = nil
      for container in users {
        await container.setVolumeProblem(nil, name)
        if isMended { await container.wasMended("the volume \(name) had been unmounted, and is mounted again") }
      }
    } catch {
      let error = error as? EngineError
      await settle("the volume \(name) has been unmounted: \(error?.message ?? "it cannot be mounted again")", name, users)
    }
  }
}

extension Container {
  fileprivate func setVolumeProblem(_ problem: String?, _ name: VolumeName) { volumeProblems[name] = problem }

  /// What it has of a volume is a directory that is removed.
  fileprivate func hasRemovedDirectory(of name: VolumeName) -> Bool {
    guard let pid = running?.shim.pid, let places = try? MountedAt.all(of: String(pid)) else { return false }
    var targets = record.anonymousVolumes.filter { $0.value == name }.map(\.key)
    targets += mountedSpec.options.mounts.filter { $0.source == .volume(name) }.map(\.target)
    return targets.contains { places[$0]?.root.hasSuffix("//deleted") == true }
  }
}
