import Foundation
import TestSupport
import Testing

@testable import muster

/// What comes out of a container is an archive of whoever was in it, or of a hostile engine: it gets where it was asked to, and nowhere else.
@Suite struct OutgoingCopyTests {
  /// A directory to copy into, `in`, beside things that must stay as they are.
  private final class Place {
    let directory: TemporaryDirectory
    var inside: String { directory("in") }

    init() throws {
      directory = try TemporaryDirectory("copyout")
      try makeDirectories(directory("in"))
      try directory.write("out/file", "untouched\n")
      try directory.write("out/dir/inner", "untouched\n")
    }

    /// What is outside, path by path.
    func outside() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: directory("out")).sorted().map { name in
        let path = directory("out/" + name)
        return isDirectory(path) ? name : "\(name): \(try readText(path))"
      } + names(in: directory.path)
    }
  }

  @discardableResult
  private func copy(
    _ archive: [UInt8], named name: String, to place: String, isDirectory: Bool = true, keepsAll: Bool = false
  ) async throws -> OutgoingCopy.Outcome {
    let copy = OutgoingCopy(target: try CopyTarget(place, takesDirectory: isDirectory), name: name, keepsAll: keepsAll)
    // In pieces, as they come.
    return try await copy.run { take in
      for start in stride(from: 0, to: archive.count, by: 700) { try await take(Array(archive[start..<min(start + 700, archive.count)])) }
    }
  }

  private func archive(_ fill: (inout TarWriter) -> Void) -> [UInt8] {
    var archive = TarWriter()
    fill(&archive)
    return archive.finished()
  }

  /// S26: fifty archives, each into an existing directory, a new one, and as what is in a directory.
  @Test func s26NothingGetsOutside() async throws {
    let up = "../out"
    var hostile: [(String, [UInt8])] = []
    for name in ["dir", "."] {
      let base = name == "." ? "" : "dir/"
      let victims = ["file", "dir/inner", "fresh"]
      for victim in victims {
        hostile.append(("climbs", archive { $0.file("\(base)\(up)/\(victim)", "mine\n") }))
        hostile.append(("climbs deep", archive { $0.file("\(base)a/b/../../../\(up)/\(victim)", "mine\n") }))
        hostile.append(
          (
            "through a link",
            archive {
              $0.directory(name == "." ? "x" : "dir")
              $0.link(base + "l", to: "../../out")
              $0.file(base + "l/\(victim)", "mine\n")
            }
          ))
        hostile.append(
          (
            "through a short link",
            archive {
              $0.link(base + "l", to: up)
              $0.file(base + "l/\(victim)", "mine\n")
            }
          ))
        hostile.append(
          (
            "a directory over a link",
            archive {
              $0.link(base + "l", to: up)
              $0.directory(base + "l", mode: 0o777)
              $0.file(base + "l/\(victim)", "mine\n")
            }
          ))
        hostile.append(
          (
            "a file over a link",
            archive {
              $0.link(base + "l", to: "\(up)/\(victim)")
              $0.file(base + "l", "mine\n")
            }
          ))
      }
    }
    // Names that were not asked for.
    for name in ["dir2/x", "directory", "..", "../dir", "/etc/dir", "other", "di", "dir../x", "", "./../dir/x"] {
      hostile.append(("unasked \(name)", archive { $0.file(name, "mine\n") }))
    }
    hostile.append(("a link as the root", archive { $0.link("dir", to: "../out") }))
    hostile.append(
      (
        "a link as the root, then through it",
        archive {
          $0.link("dir", to: "../out")
          $0.file("dir/file", "mine\n")
        }
      ))
    hostile.append(("damaged", [UInt8](repeating: 0x41, count: 5000)))
    hostile.append(("cut off", Array(archive { $0.file("dir", String(repeating: "x", count: 5000)) }.prefix(2000))))
    #expect(hostile.count >= 50)
    for (what, bytes) in hostile {
      for name in ["dir", "."] {
        for target in ["", "/new"] {
          let place = try Place()
          let before = try place.outside()
          _ = try? await copy(bytes, named: name, to: place.inside + target)
          #expect(try place.outside() == before, "\(what) as \(name) to \(target)")
          // Whatever came out is below what was asked for.
          let made = names(in: place.inside)
          if target == "/new" { #expect(made.allSatisfy { $0 == "new" }, "\(what): \(made)") }
          if target.isEmpty, name == "dir" { #expect(made.allSatisfy { $0 == "dir" }, "\(what): \(made)") }
        }
      }
    }
  }

  /// The destination's own links are not written through either.
  @Test func linksThatAreThereAreNotFollowed() async throws {
    let place = try Place()
    symlink("../../out", place.inside + "/dir")
    let before = try place.outside()
    await #expect(throws: (any Error).self) {
      try await self.copy(
        self.archive {
          $0.directory("dir")
          $0.file("dir/file", "mine\n")
        }, named: "dir", to: place.inside)
    }
    await #expect(throws: (any Error).self) { try await self.copy(self.archive { $0.file("dir/file", "mine\n") }, named: "dir", to: place.inside) }
    #expect(try place.outside() == before)
  }

  /// Set-user-id bits and owners come out with `-a` only.
  @Test func privilegesStayBehind() async throws {
    let place = try Place()
    let bytes = archive { $0.file("tool", "#!/bin/sh\n", mode: 0o6755, owner: 1234) }
    try await copy(bytes, named: "tool", to: place.inside, isDirectory: false)
    var status = stat()
    try #require(stat(place.inside + "/tool", &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o755)
    #expect(status.st_uid == geteuid())
    guard geteuid() == 0 else { return }
    try await copy(bytes, named: "tool", to: place.inside, isDirectory: false, keepsAll: true)
    try #require(stat(place.inside + "/tool", &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o6755)
    #expect(status.st_uid == 1234)
  }

  /// Docker's rules of destinations: what is copied, where to, and what is there afterwards, or why not.
  @Test func destinations() async throws {
    struct Case {
      var isDirectory: Bool
      var to: String
      var makes: String?
      var refusal = ""
    }
    let cases = [
      Case(isDirectory: false, to: "in", makes: "in/src"),
      Case(isDirectory: false, to: "in/", makes: "in/src"),
      Case(isDirectory: false, to: "in/new", makes: "in/new"),
      Case(isDirectory: false, to: "out/file", makes: "out/file"),
      Case(isDirectory: false, to: "in/new/", makes: nil, refusal: "no such directory"),
      Case(isDirectory: false, to: "in/new/.", makes: nil, refusal: "no such directory"),
      Case(isDirectory: false, to: "missing/new", makes: nil, refusal: "invalid output path"),
      Case(isDirectory: false, to: "out/file/", makes: nil, refusal: "Not a directory"),
      Case(isDirectory: true, to: "in", makes: "in/src/inner"),
      Case(isDirectory: true, to: "in/.", makes: "in/src/inner"),
      Case(isDirectory: true, to: "in/new", makes: "in/new/inner"),
      Case(isDirectory: true, to: "in/new/", makes: "in/new/inner"),
      Case(isDirectory: true, to: "out/file", makes: nil, refusal: "cannot copy directory"),
      Case(isDirectory: true, to: "missing/new", makes: nil, refusal: "invalid output path"),
    ]
    let file = archive { $0.file("src", "content\n") }
    let directory = archive {
      $0.directory("src")
      $0.file("src/inner", "content\n")
    }
    for one in cases {
      let place = try Place()
      do {
        try await copy(
          one.isDirectory ? directory : file, named: "src", to: place.directory(one.to), isDirectory: one.isDirectory)
        let made = try #require(one.makes, "\(one)")
        #expect(try readText(place.directory(made)) == "content\n", "\(one)")
      } catch let exit as Exit {
        #expect(one.makes == nil && exit.message?.contains(one.refusal) == true, "\(one): \(exit)")
      }
    }
  }

  /// What is in a directory goes into a new directory, or into one that is there, whose mode stays.
  @Test func contents() async throws {
    let place = try Place()
    let bytes = archive {
      $0.directory(".", mode: 0o777)
      $0.file("a", "content\n")
    }
    chmod(place.inside, 0o750)
    try await copy(bytes, named: ".", to: place.inside)
    #expect(try readText(place.inside + "/a") == "content\n")
    var status = stat()
    #expect(stat(place.inside, &status) == 0 && status.st_mode & 0o7777 == 0o750)
    try await copy(bytes, named: ".", to: place.inside + "/new")
    #expect(try readText(place.inside + "/new/a") == "content\n")
  }

  @Test func sides() {
    #expect(CopySide("web:/x") == .container("web", path: "/x"))
    #expect(CopySide("web:") == .container("web", path: "/"))
    #expect(CopySide("web:a:b") == .container("web", path: "a:b"))
    #expect(CopySide("./a:b") == .local("./a:b"))
    #expect(CopySide("/a:b") == .local("/a:b"))
    #expect(CopySide("a") == .local("a"))
    #expect(CopySide("-") == .local("-"))
    #expect(CopySide(":x") == .local(":x"))
  }
}
