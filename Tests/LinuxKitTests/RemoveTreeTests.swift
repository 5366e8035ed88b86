import Glibc
import LinuxKit
import SystemPackage
import TestSupport
import Testing

@Suite struct RemoveTreeTests {
  @Test func removesEverythingAndFollowsNothing() throws {
    let directory = try TemporaryDirectory("remove")
    try directory.write("outside/kept", "x")
    try directory.write("tree/a/b/file", "x")
    #expect(symlink("../outside", directory("tree/link")) == 0)
    #expect(mkfifo(directory("tree/a/fifo"), 0o600) == 0)
    try removeTree(FilePath(directory("tree")))
    #expect(access(directory("tree"), F_OK) != 0)
    #expect(try readText(directory("outside/kept")) == "x")
  }

  @Test func nothingThereIsFine() throws {
    let directory = try TemporaryDirectory("remove")
    try removeTree(FilePath(directory("nonsuch")))
  }

  @Test func aLinkIsRemovedItself() throws {
    let directory = try TemporaryDirectory("remove")
    try directory.write("kept/file", "x")
    #expect(symlink("kept", directory("link")) == 0)
    try removeTree(FilePath(directory("link")))
    #expect(try readText(directory("kept/file")) == "x")
  }

  @Test func depthIsNoObstacle() throws {
    let directory = try TemporaryDirectory("remove")
    try makeDirectories(directory("deep"))
    var at = try Descriptor.open(directory("deep"), O_RDONLY | O_DIRECTORY)
    for _ in 0..<3000 {
      #expect(mkdirat(at.number, "d", 0o700) == 0)
      at = try at.open(at: "d", O_RDONLY | O_DIRECTORY)
    }
    try removeTree(FilePath(directory("deep")))
    #expect(access(directory("deep"), F_OK) != 0)
  }
}
