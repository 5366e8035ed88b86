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
