import Backend
import Glibc
import ImageStore
import LinuxKit
import StackModel

extension LocalBackend {
  /// Packs files of logs that have been rotated, where the log's options ask for it, until the task is cancelled.
  func watchLogs(every interval: Duration = .seconds(2)) -> Task<Void, Never> {
    Task {
      var told: Set<ContainerID> = []
      while !Task.isCancelled {
        for container in await containers.all() where container.spec.options.logging.packsFiles {
          do {
            try await packLog(of: container)
          } catch {
            if told.insert(container.id).inserted {
              log.append(.warning("the log of \(container.spec.name) is not packed: \(error)"), project: nil)
            }
          }
        }
        try? await Task.sleep(for: interval)
      }
    }
  }

  /// Packs what has been rotated of one container's log. One at a time: the place where it is done is the same for all.
  func packLog(of container: Container) async throws {
    try await packing.alone(on: location.root) { try await packAlone(container) }
  }

  private func packAlone(_ container: Container) async throws {
    let files = LogFiles(path: ContainerFiles(location: location, id: container.id).log)
    // The oldest first: they are the next to go, and none is met twice.
    for number in files.numbers().reversed() where number > 0 && access(files.name(number), F_OK) == 0 {
      guard let file = try RotatedFile(files, number), !file.isFresh else { continue }
      let temporary = location.root + "/containers/.packing"
      defer { unlink(temporary) }
      try await onThread(isCancellable: false) { _ in try file.pack(into: temporary) }
      // Not while the container is being removed.
      try await containerGate.alone(on: container.id) { try file.giveWay(to: temporary) }
    }
  }
}
