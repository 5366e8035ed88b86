import Glibc
import ImageBuilder
import ImageStore
import LinuxKit
import OCI
import StackModel
import Synchronization
import Testing

@Suite struct CopyTests {
  private func text(_ root: borrowing RootedDirectory, _ path: String) throws -> String {
    String(decoding: try root.read(path, limit: 1000), as: UTF8.self)
  }

  @Test func placesFilesAsDockerDoes() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    for name in ["one.txt", "two.txt", "dir/in", "dir/sub/deep", "dir/skip.log"] { try fixture.write("context/" + name, name, mode: 0o640) }
    try fixture.write("context/.dockerignore", "**/*.log\n")
    try check(chown(fixture.context + "/one.txt", 1234, 1234))
    try check(symlink("one.txt", fixture.context + "/alias"))
    try check(symlink("sub/deep", fixture.context + "/dir/inner"))
    let image = try await fixture.build(
      """
      FROM base:1
      WORKDIR /w
      COPY one.txt renamed
      COPY one.txt into/
      COPY *.txt all/
      COPY dir merged
      COPY dir/ /link/
      COPY one.txt /link
      COPY alias aliased
      COPY --chown=www-data:staff --chmod=0600 one.txt owned/deep/
      COPY . whole/
      """)
    let root = try fixture.view(image)
    for path in ["w/renamed", "w/into/one.txt", "w/all/one.txt", "real/one.txt", "w/aliased", "w/owned/deep/one.txt", "w/whole/one.txt"] {
      #expect(try text(root, path) == "one.txt")
    }
    let plain = try root.status("w/renamed")
    #expect(plain.uid == 0 && plain.gid == 0 && plain.permissions == 0o640)
    #expect(try root.status("link").kind == .symlink)
    #expect(try text(root, "w/merged/sub/deep") == "dir/sub/deep")
    #expect(try root.readLink("w/merged/inner") == "sub/deep")
    #expect(try !root.contains("w/merged/skip.log") && !root.contains("w/whole/dir/skip.log"))
    #expect(try text(root, "real/sub/deep") == "dir/sub/deep")
    #expect(try root.status("real").permissions == 0o711)
    let owned = try root.status("w/owned/deep/one.txt")
    #expect(owned.uid == 33 && owned.gid == 50 && owned.permissions == 0o600)
    #expect(try root.status("w/owned").uid == 33)
    #expect(try root.readLink("w/whole/alias") == "one.txt")
  }

  /// A layer of its own: what is below neither shows through it nor makes it another.
  @Test func linkedCopiesDoNotDependOnWhatIsBelow() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/f", "linked")
    let image = try await fixture.build("FROM base:1\nRUN one\nCOPY --link f /link/deep/f\nCOPY --link=false f /real/")
    let root = try fixture.view(image)
    #expect(try root.status("link").kind == .directory)
    #expect(try text(root, "link/deep/f") == "linked" && text(root, "real/f") == "linked" && text(root, "ran") == "/bin/sh -c one\n")
    let other = try await fixture.build("FROM scratch\nCOPY --link f /link/deep/f", name: "other")
    #expect(fixture.lines.contains("CACHED"))
    #expect(other.config.rootfs.diffIDs.count == 1 && image.config.rootfs.diffIDs.contains(other.config.rootfs.diffIDs[0]))
    #expect(try fixture.view(other).status("link").permissions == 0o755)
  }

  @Test func whatIsExcludedIsNeitherCopiedNorCounted() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    for name in ["home.txt", "home.md", "dir/a.txt", "dir/sub/b.txt", "dir/sub/c", "dir/gone/d", "dir/gone/kept"] {
      try fixture.write("context/" + name, name)
    }
    let dockerfile = """
      FROM base:1
      ARG OUT=gone
      COPY --exclude=*.txt hom* /wild/
      COPY --exclude=**/*.txt --exclude=$OUT --exclude=!gone/kept dir /dir/
      """
    let root = try fixture.view(try await fixture.build(dockerfile))
    #expect(try root.contains("wild/home.md") && !root.contains("wild/home.txt"))
    #expect(try !root.contains("dir/a.txt") && !root.contains("dir/sub/b.txt") && root.contains("dir/sub/c"))
    #expect(try !root.contains("dir/gone/d") && root.contains("dir/gone/kept"))
    // What is left out can change.
    try fixture.write("context/dir/sub/b.txt", "another")
    try await fixture.build(dockerfile)
    #expect(fixture.lines.count { $0 == "CACHED" } == 2, "\(fixture.lines)")
    try fixture.write("context/dir/sub/c", "another")
    try await fixture.build(dockerfile)
    #expect(fixture.lines.count { $0 == "CACHED" } == 1, "\(fixture.lines)")
  }

  @Test func parentsAreKept() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    for name in ["x/y/one.go", "x/y/z/two.go", "x/three.go", "x/other", "four.go"] { try fixture.write("context/" + name, name) }
    try check(chmod(fixture.context + "/x/y", 0o710))
    try check(symlink("x", fixture.context + "/loop"))
    let image = try await fixture.build(
      """
      FROM base:1
      COPY --parents ./x/y/one.go x/other /some/
      COPY --parents x/./y/*.go /pivot
      COPY --parents **/*.go /deep/
      COPY --parents x/y /tree/
      COPY x/y/one.go /plain/
      """)
    let root = try fixture.view(image)
    for path in [
      "some/x/y/one.go", "some/x/other", "pivot/y/one.go", "deep/x/y/one.go", "deep/x/y/z/two.go", "deep/x/three.go", "deep/four.go",
      "tree/x/y/z/two.go", "plain/one.go",
    ] { #expect(try root.contains(path), "\(path)") }
    #expect(try root.status("some/x/y").permissions == 0o710 && root.status("tree/x/y").permissions == 0o710)
    #expect(try !root.contains("pivot/x") && !root.contains("deep/loop") && !root.contains("tree/x/other"))
  }

  @Test func contextLinksStayInTheContext() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/real/secret", "of the context")
    try check(symlink("../outside", fixture.context + "/up"))
    try check(symlink(fixture.path + "/outside/secret", fixture.context + "/absolute"))
    try check(symlink("/real/secret", fixture.context + "/rooted"))
    let image = try await fixture.build("FROM base:1\nCOPY rooted /x")
    #expect(try text(fixture.view(image), "x") == "of the context")
    for source in ["up/secret", "absolute", "up"] {
      await #expect(throws: DockerfileError.self) { try await fixture.build("FROM base:1\nCOPY \(source) /x") }
    }
  }

  /// Links in the image lead nowhere outside it.
  @Test func imageLinksStayInTheImage() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/f", "new")
    let outside = fixture.path + "/outside"
    fixture.sandbox.action.withLock {
      $0 = { _, root in
        try root.makeSymlink("trap", pointsTo: outside)
        try root.makeSymlink("file", pointsTo: outside + "/secret")
        try root.makeSymlink("climb", pointsTo: "../../../../../../.." + outside)
        return 0
      }
    }
    let image = try await fixture.build("FROM base:1\nRUN x\nCOPY f /trap/secret\nCOPY f /file\nCOPY f /climb/other\nWORKDIR /trap/made")
    #expect(try fixture.names("outside") == ["secret"])
    #expect(String(decoding: try readAll(outside + "/secret"), as: UTF8.self) == "untouched")
    let root = try fixture.view(image)
    #expect(try text(root, "file") == "new")
    #expect(try text(root, outside + "/other") == "new")
  }

  @Test func exceptionsReachIntoIgnoredDirectories() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    for name in ["dir/keep/a", "dir/other", "top"] { try fixture.write("context/" + name, name) }
    try fixture.write("context/.dockerignore", "*\n!dir/keep\n")
    let root = try fixture.view(try await fixture.build("FROM base:1\nCOPY . /c/"))
    #expect(try text(root, "c/dir/keep/a") == "dir/keep/a")
    #expect(try !root.contains("c/dir/other") && !root.contains("c/top"))
  }

  @Test func aDockerfilesOwnIgnoreFileWins() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    for name in ["a", "b"] { try fixture.write("context/" + name, name) }
    try fixture.write("context/.dockerignore", "a\n")
    try fixture.write("context/my.Dockerfile", "FROM base:1\nCOPY . /c/\n")
    try fixture.write("context/my.Dockerfile.dockerignore", "b\n")
    let image = try await fixture.build("") {
      $0.inlineDockerfile = nil
      $0.dockerfile = fixture.context + "/my.Dockerfile"
    }
    let root = try fixture.view(image)
    #expect(try root.contains("c/a") && !root.contains("c/b"))
  }

  @Test func addUnpacksArchives() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/tree/in", "packed")
    try #require(system("tar -C \(fixture.context)/tree -czf \(fixture.context)/tree.tar.gz in") == 0)
    let image = try await fixture.build("FROM base:1\nADD tree.tar.gz /unpacked\nCOPY tree.tar.gz /copied/\nADD tree/in /plain/")
    let root = try fixture.view(image)
    #expect(try text(root, "unpacked/in") == "packed")
    #expect(try root.contains("copied/tree.tar.gz"))
    #expect(try text(root, "plain/in") == "packed")
  }

  @Test func stagesKeepOwnersAndAttributes() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    fixture.sandbox.action.withLock {
      $0 = { _, root in
        let file = try root.createFile("tool", mode: 0o4755, owner: FileOwner(uid: 33, gid: 34))
        try file.setAttribute("user.note", [1, 2])
        try file.setPermissions(0o4755)
        try root.makeLink("same", to: "tool")
        return 0
      }
    }
    let image = try await fixture.build("FROM base:1 AS a\nRUN x\nFROM scratch\nCOPY --from=a / /")
    let root = try fixture.view(image)
    let tool = try root.status("tool")
    #expect(tool.uid == 33 && tool.gid == 34 && tool.permissions == 0o4755 && tool.links == 2)
    #expect(try root.open("tool", O_RDONLY).attribute("user.note") == [1, 2])
    #expect(try root.status("same").inode == tool.inode)
  }

  private func readAll(_ path: String) throws -> [UInt8] { try Descriptor.open(path, O_RDONLY).readAll(limit: 1000) }
}
