import ArgumentParser
import Backend
import LinuxKit
import SystemPackage

/// `muster man`.
struct Man: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Write the pages of the manual.", discussion: "Example: muster man /usr/local/share/man/man1",
    shouldDisplay: false)
  @Argument(help: "The directory that they are written to.") var directory: String

  func perform(_ context: Context) async throws -> Int32 {
    do {
      let directory = absolutePath(self.directory)
      try makeDirectories(directory, mode: 0o755)
      for page in ManualPage.all(of: try CommandDescription.all(), version: MusterVersion.version) {
        try atomicWrite(FilePath("\(directory)/\(page.name).1"), Array(page.text.utf8), mode: 0o644, isDurable: false)
      }
    } catch let error as KernelError { throw Exit(1, error.description) }
    return 0
  }
}
