import ArgumentParser
import Foundation
import Testing

@testable import muster

/// Users' files are replaced whole, or not at all.
@Suite struct FileReplacementTests {
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "muster-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private func attributes(_ path: String) throws -> stat {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    return status
  }

  private func replace(_ path: String, _ before: String, _ after: String) throws {
    try FileReplacement(path, shown: "compose.yaml", before: Array(before.utf8), after: Array(after.utf8)).write()
  }

  @Test func keepsModeOwnerAndLinks() throws {
    try inDirectory { directory in
      let (file, link) = (directory + "/real.yaml", directory + "/link.yaml")
      try "old".write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.yaml")
      chmod(file, 0o640)
      if geteuid() == 0 { chown(file, 1234, 2345) }
      let before = try attributes(file)
      try replace(link, "old", "new")
      let after = try attributes(file)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "new")
      #expect([after.st_mode, after.st_uid, after.st_gid] == [before.st_mode, before.st_uid, before.st_gid])
      #expect(try attributes(link).st_mode & S_IFMT == S_IFLNK)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["link.yaml", "real.yaml"])
    }
  }

  @Test func refusesWithAReason() throws {
    try inDirectory { directory in
      let file = directory + "/compose.yaml"
      func reason(_ path: String, _ before: String = "old") -> String? {
        do {
          try replace(path, before, "new")
          return nil
        } catch { return (error as? Exit)?.message }
      }
      #expect(reason(file) == "compose.yaml is not rewritten: No such file or directory")
      #expect(reason(directory) == "compose.yaml is not rewritten: it is not a regular file")
      try "changed".write(toFile: file, atomically: false, encoding: .utf8)
      #expect(reason(file) == "compose.yaml is not rewritten: it has changed meanwhile")
      #expect(reason(file, "change!") == "compose.yaml is not rewritten: it has changed meanwhile")
      chmod(file, 0o444)
      #expect(reason(file, "changed") == "compose.yaml is not rewritten: it is read-only")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "changed")
    }
  }

  @Test func optionsOfFixBelongToIt() throws {
    #expect(throws: (any Error).self) { try Muster.parseAsRoot(["check", "--dry-run"]) }
    #expect(throws: (any Error).self) { try Muster.parseAsRoot(["check", "--unsafe-fixes"]) }
    let check = try #require(try Muster.parseAsRoot(["check", "--fix", "--dry-run", "--format", "sarif", "web"]) as? Check)
    #expect(check.fix && check.dryRun && !check.unsafeFixes && check.format == .sarif && check.services == ["web"])
  }
}
