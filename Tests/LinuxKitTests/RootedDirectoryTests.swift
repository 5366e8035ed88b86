import Glibc
import LinuxKit
import TestSupport
import Testing

/// Every way out of a root that an image can build.
@Suite struct RootedDirectoryTests {
  let directory: TemporaryDirectory
  init() throws {
    directory = try TemporaryDirectory("rooted")
    try directory.write("secret", "outside")
    try makeDirectories(directory("root"))
  }

  @Test(arguments: ["../secret", "../../../../../../../../etc", "/../secret", "/"])
  func linksStayInside(_ target: String) throws {
    #expect(symlink(target, directory("root/link")) == 0)
    let root = try RootedDirectory(path: directory("root"))
    try root.makeDirectories("/link/made")
    try root.createFile("/link/file").writeAll("x")
    #expect(try readText(directory("secret")) == "outside")
    #expect(access(directory("made"), F_OK) != 0)
    #expect(access(directory("file"), F_OK) != 0)
    #expect(access("/etc/made", F_OK) != 0)
    #expect(try root.contains("/link/made"))
  }

  @Test func magicLinksAreRefused() throws {
    let root = try RootedDirectory(path: "/")
    #expect { _ = try root.open("/proc/self/root") } throws: { ($0 as? KernelError)?.errno == ELOOP }
    #expect { _ = try root.open("/proc/self/fd/0") } throws: { ($0 as? KernelError)?.errno == ELOOP }
  }

  @Test func loopsEnd() throws {
    #expect(symlink("b", directory("root/a")) == 0)
    #expect(symlink("a", directory("root/b")) == 0)
    let root = try RootedDirectory(path: directory("root"))
    #expect { try root.makeDirectories("/a/x") } throws: { ($0 as? KernelError)?.errno == ELOOP }
    #expect { try root.makeFile("/a") } throws: { ($0 as? KernelError)?.errno == ELOOP }
  }

  @Test func danglingLinksAreMadeWhereTheyPoint() throws {
    #expect(symlink("/deep/target", directory("root/link")) == 0)
    let root = try RootedDirectory(path: directory("root"))
    try root.makeFile("/link")
    #expect(access(directory("root/deep/target"), F_OK) == 0)
  }

  @Test func readingIsBounded() throws {
    try directory.write("root/big", String(repeating: "x", count: 1000))
    #expect(mkfifo(directory("root/fifo"), 0o600) == 0)
    let root = try RootedDirectory(path: directory("root"))
    #expect(try root.read("big", limit: 1000).count == 1000)
    #expect { _ = try root.read("big", limit: 999) } throws: { ($0 as? KernelError)?.errno == EFBIG }
    #expect { _ = try root.read("fifo", limit: 999) } throws: { ($0 as? KernelError)?.errno == EINVAL }
  }
}
