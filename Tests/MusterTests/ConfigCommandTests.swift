import ArgumentParser
import Foundation
import Testing

@testable import muster

/// `muster config`'s flags, and the file it writes.
@Suite struct ConfigCommandTests {
  @Test func takesComposesFlags() throws {
    let flags = [
      "--services", "--volumes", "--networks", "--models", "--images", "--profiles", "--variables", "--environment", "-q",
      "--no-interpolate",
      "--no-normalize", "--no-path-resolution", "--no-env-resolution", "--no-consistency", "--resolve-image-digests",
      "--lock-image-digests",
    ]
    for flag in flags { #expect(try Muster.parseAsRoot(["config", flag]) is Config) }
    let config = try #require(try Muster.parseAsRoot(["convert", "--format", "json", "--hash", "a,b", "-o", "out", "web"]) as? Config)
    #expect(config.format == .json)
    #expect(config.hash == "a,b")
    #expect(config.output == "out")
    #expect(config.names == ["web"])
  }

  @Test(arguments: [
    (["--services", "--images"], "--services and --images print different things"), (["--format", "xml"], "'yaml' and 'json'"),
    (["-o", ""], "--output needs the name of a file"), (["--hash", ""], "--hash needs names of services"),
  ])
  func refusesWhatContradictsItself(_ arguments: [String], _ told: String) {
    do {
      _ = try Muster.parseAsRoot(["config"] + arguments)
      Issue.record("it is taken")
    } catch {
      #expect(Muster.fullMessage(for: error).contains(told))
    }
  }

  @Test func writesFilesWhole() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "muster-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (file, link) = (directory + "/out.yaml", directory + "/link.yaml")
    try writeConfig("one\n", to: file)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "out.yaml")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    try writeConfig("two\n", to: link)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "two\n")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "out.yaml")
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    #expect(throws: Exit.self) { try writeConfig("three\n", to: directory + "/none/out.yaml") }
    #expect(throws: Exit.self) { try writeConfig("three\n", to: directory) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["link.yaml", "out.yaml"])
  }
}
