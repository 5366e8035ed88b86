import Backend
import Glibc
import LinuxKit
import StackModel
import SystemPackage

/// Where the output of a job's runs is kept when their containers are gone.
struct JobFiles: Sendable {
  let directory: String

  /// `id`: of the job, which no user chooses.
  init(location: EngineLocation, id: String) { directory = "\(location.root)/jobs/\(id)" }

  private func directory(of number: Int) -> String { "\(directory)/\(number)" }

  /// The log of a run; rotated ones beside it.
  func log(of number: Int) -> String { directory(of: number) + "/log" }

  /// Keeps a container's log, as it is now, as that of a run.
  func keep(_ files: ContainerFiles, as number: Int) throws {
    let names = try directoryNames(files.directory).filter { $0 == "log" || $0.hasPrefix("log.") }
    guard !names.isEmpty else { return }
    try makeDirectories(directory(of: number), mode: 0o700)
    for name in names {
      let (old, new) = (files.directory + "/" + name, directory(of: number) + "/" + name)
      // The same file under both names: whoever reads it there goes on.
      guard link(old, new) == 0 || errno == EEXIST else { throw KernelError.last("link(2)", [old, new]) }
    }
  }

  func remove(_ number: Int) throws(KernelError) { try removeTree(FilePath(directory(of: number))) }

  func remove() throws(KernelError) { try removeTree(FilePath(directory)) }

  /// Removes the directories of jobs that there are no more.
  static func clear(_ location: EngineLocation, known: Set<String>) {
    for name in (try? directoryNames(location.root + "/jobs")) ?? [] where !known.contains(name) {
      try? removeTree(FilePath("\(location.root)/jobs/\(name)"))
    }
  }
}
