import Glibc
import StackModel
import TestSupport
import Testing

@testable import muster

@Suite struct WatchedPathTests {
  private let files: TemporaryDirectory

  init() throws {
    files = try TemporaryDirectory("watched")
    try files.write("src/file", "")
    try files.write(".dockerignore", "src/out\n*.tmp\n")
  }

  private func place(_ path: String, ignored: [String] = [], included: [String] = [], built: Bool = true) throws -> WatchedPath {
    let build = BuildSpec(context: files(""), dockerfile: files("Dockerfile"))
    return try WatchedPath(
      Service(name: "web", image: "web", build: built ? build : nil),
      WatchRule(path: files(path), action: .sync, target: "/app", ignored: ignored, included: included))
  }

  private func counts(_ place: WatchedPath, _ path: String, isDirectory: Bool = false) -> Bool {
    place.counts(WatchedPath.names(of: path), isDirectory: isDirectory)
  }

  @Test func whatIsIgnored() throws {
    let place = try place("src", ignored: ["*.log", "node_modules/", "!kept.log"])
    for path in ["a", "deep/a", "kept.log", "deep/x.log", "out2", "a.tmp", ".gitignore", "4913x"] {
      #expect(counts(place, path), "\(path)")
    }
    for path in ["x.log", "node_modules/a/b", "out", "out/a", ".git/HEAD", "deep/.git/HEAD", "a~", ".a.swp", "deep/4913", "deep/.#a"] {
      #expect(!counts(place, path), "\(path)")
    }
    // Exceptions may be anywhere in what is left out.
    #expect(place.enters(WatchedPath.names(of: "node_modules")) && !place.enters(WatchedPath.names(of: ".git")))
    let without = try self.place("src", ignored: ["node_modules/"], built: false)
    #expect(!without.enters(WatchedPath.names(of: "node_modules")) && counts(without, "out"))
  }

  /// The context's rules are those of the context, whatever of it is watched.
  @Test func theContextIsAboveOrBelow() throws {
    let whole = try place("")
    #expect(!counts(whole, "src/out/a") && counts(whole, "src/a.tmp") && !counts(whole, "a.tmp"))
    let above = try WatchedPath(
      Service(name: "web", image: "web", build: BuildSpec(context: files("src"), inlineDockerfile: "FROM x")),
      WatchRule(path: files(""), action: .rebuild))
    #expect(counts(above, "src/out/a"))
    try files.write("src/.dockerignore", "out\n")
    let told = try WatchedPath(
      Service(name: "web", image: "web", build: BuildSpec(context: files("src"), inlineDockerfile: "FROM x")),
      WatchRule(path: files(""), action: .rebuild))
    #expect(!counts(told, "src/out/a") && counts(told, "out/a"))
  }

  @Test func onlyWhatIsIncluded() throws {
    let place = try place("src", ignored: ["x.swift"], included: ["**/*.swift", "assets"])
    for path in ["a.swift", "deep/b.swift", "assets/c.png"] { #expect(counts(place, path), "\(path)") }
    for path in ["a.c", "x.swift"] { #expect(!counts(place, path), "\(path)") }
    #expect(counts(place, "deep", isDirectory: true))
  }

  @Test func aFileAlone() throws {
    let place = try place("src/file")
    #expect(place.directory == files("src") && counts(place, "file") && !counts(place, "other") && !counts(place, "file/x"))
    #expect(place.enters([]) && !place.enters([Array("deep".utf8)]))
  }

  @Test func whatCannotBeWatchedIsTold() throws {
    #expect(throws: Exit.self) { try place("nothing") }
    #expect(throws: Exit.self) { try place("src", ignored: ["[a"]) }
  }

  /// What happens below the directory, in directories made later too, is told; what is left out is not even looked at.
  @Test func aTreeIsWatched() async throws {
    let tree = try TreeWatch(try place("src", ignored: ["left/"], built: false))
    #expect(try tree.everything() == [[Array("file".utf8)]])
    func told(_ wanted: String...) async throws {
      var found: Set<String> = []
      while !found.isSuperset(of: wanted) {
        for path in try await tree.changes() { found.insert(String(decoding: Array(path.joined(separator: [0x2F])), as: UTF8.self)) }
      }
      #expect(!found.contains { $0.hasPrefix("left") }, "\(found)")
    }
    try files.write("left/x", "")
    try files.write("src/left/x", "")
    try files.write("src/new/deep/file", "x")
    try await told("new", "new/deep", "new/deep/file")
    try files.write("src/new/deep/file", "y")
    try await told("new/deep/file")
    #expect(rename(files("src/new"), files("src/moved")) == 0)
    try await told("new", "moved", "moved/deep/file")
    try files.write("src/moved/deep/other", "")
    try await told("moved/deep/other")
    unlink(files("src/moved/deep/other"))
    chmod(files("src/file"), 0o600)
    try await told("moved/deep/other", "file")
  }
}
