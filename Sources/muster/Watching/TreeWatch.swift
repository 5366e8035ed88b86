import EngineClient
import Glibc
import LinuxKit
import Synchronization

/// Watches the directory of a rule with all that are in it, and tells which files have changed.
final class TreeWatch: Sendable {
  let place: WatchedPath
  private let watch: FileWatch
  /// Paths from the watched directory, by what the kernel tells them by.
  private let directories = Mutex<[Int32: [[UInt8]]]>([:])

  init(_ place: WatchedPath) throws {
    self.place = place
    do throws(KernelError) { watch = try FileWatch() } catch { throw Self.failure(error, place) }
    _ = try look([])
  }

  /// The paths that have changed since, from the watched directory; waits until there are some.
  func changes() async throws -> Set<[[UInt8]]> {
    while true {
      try await Readiness.shared.readable(watch.number)
      let found = try changed(by: watch.events())
      if !found.isEmpty { return found }
    }
  }

  /// Everything that counts.
  func everything() throws -> Set<[[UInt8]]> { try look([]) }

  private func changed(by events: [FileWatch.Event]) throws -> Set<[[UInt8]]> {
    var found: Set<[[UInt8]]> = []
    for event in events {
      if event.isOverflow {
        found.formUnion(try look([]))
        continue
      }
      if event.isLast {
        directories.withLock { $0[event.watch] = nil }
        continue
      }
      guard let parent = directories.withLock({ $0[event.watch] }), !event.name.isEmpty else { continue }
      let path = parent + [event.name]
      if place.counts(path, isDirectory: event.isDirectory) { found.insert(path) }
      guard event.isDirectory else { continue }
      if event.hasAppeared { found.formUnion(try look(path)) } else { forget(path) }
    }
    return found
  }

  /// What is in a directory that went, or was moved: where it is now it is watched anew.
  private func forget(_ path: [[UInt8]]) {
    var found = stat()
    guard lstat(String(decoding: absolute(path).dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), &found) != 0 else { return }
    let gone = directories.withLock { directories in
      let gone = directories.filter { $0.value.starts(with: path) }.map(\.key)
      for number in gone { directories[number] = nil }
      return gone
    }
    for number in gone { watch.remove(number) }
  }

  /// Begins to watch a directory and those in it; returns what is there and counts. First the watch, then the look: nothing is missed in between.
  private func look(_ path: [[UInt8]]) throws -> Set<[[UInt8]]> {
    guard path.count < 200, place.enters(path) else { return [] }
    var found: Set<[[UInt8]]> = []
    do throws(KernelError) {
      let full = absolute(path)
      let number = try watch.add(full)
      directories.withLock { $0[number] = path }
      let directory = try Descriptor.open(full, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      for entry in try directory.entries() {
        let inner = path + [entry.name.dropLast().map { UInt8(bitPattern: $0) }]
        let isDirectory = try directory.status(at: entry.name).kind == .directory
        if place.counts(inner, isDirectory: isDirectory) { found.insert(inner) }
        if isDirectory { found.formUnion(try below(inner)) }
      }
    } catch {
      // It went again, or is somebody else's.
      if ![ENOENT, ENOTDIR, ELOOP, EACCES].contains(error.errno) || path.isEmpty { throw Self.failure(error, place) }
    }
    return found
  }

  private func below(_ path: [[UInt8]]) throws(KernelError) -> Set<[[UInt8]]> {
    do { return try look(path) } catch let error as KernelError { throw error } catch {
      throw KernelError("inotify_add_watch(2)", errno: ENOSPC)
    }
  }

  private func absolute(_ path: [[UInt8]]) -> [CChar] {
    var bytes = Array(place.directory.utf8)
    for name in path { bytes += [0x2F] + name }
    return bytes.map { CChar(bitPattern: $0) } + [0]
  }

  private static func failure(_ error: KernelError, _ place: WatchedPath) -> Exit {
    switch error.errno {
    case ENOSPC, EMFILE:
      Exit(
        1,
        "\(place.directory): the kernel watches no more files\n  hint: raise fs.inotify.max_user_watches and max_user_instances (sysctl), or add to ignore"
      )
    default: Exit(1, "\(place.directory): \(error.reason)")
    }
  }
}
