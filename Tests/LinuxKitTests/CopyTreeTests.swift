import Glibc
import LinuxKit
import SystemPackage
import TestSupport
import Testing

@Suite struct CopyTreeTests {
  let directory: TemporaryDirectory
  init() throws {
    directory = try TemporaryDirectory("copy")
    try makeDirectories(directory("from"))
    try makeDirectories(directory("to"))
  }

  private func copy() throws { try copyTree(from: FilePath(directory("from")), to: FilePath(directory("to"))) }

  @Test func everythingComesAlong() throws {
    try directory.write("from/sub/file", "content", mode: 0o4750)
    #expect(chown(directory("from/sub/file"), 12, 34) == 0)
    #expect(chmod(directory("from/sub/file"), 0o4750) == 0)
    #expect(link(directory("from/sub/file"), directory("from/hard")) == 0)
    #expect(symlink("/nowhere", directory("from/soft")) == 0)
    #expect(mkfifo(directory("from/fifo"), 0o640) == 0)
    #expect(mknod(directory("from/null"), mode_t(S_IFCHR) | 0o666, 259) == 0)
    try Descriptor.open(directory("from/sub/file"), O_RDONLY).setAttribute("user.note", [1, 2, 3])
    try Descriptor.open(directory("from/sub/file"), O_RDONLY).setTimes(
      accessed: FileTime(seconds: 5), modified: FileTime(seconds: 6, nanoseconds: 7))
    #expect(chown(directory("from"), 56, 78) == 0)
    try copy()
    let to = try Descriptor.open(directory("to"), O_RDONLY)
    let root = try to.status()
    #expect(root.uid == 56 && root.gid == 78)
    let file = try Descriptor.open(directory("to/sub/file"), O_RDONLY)
    let status = try file.status()
    #expect(status.permissions == 0o4750 && status.uid == 12 && status.gid == 34 && status.links == 2)
    #expect(status.modified == FileTime(seconds: 6, nanoseconds: 7))
    #expect(try file.attribute("user.note") == [1, 2, 3])
    #expect(try to.status(at: "hard").inode == status.inode)
    #expect(try to.status(at: "soft").kind == .symlink)
    #expect(try to.status(at: "fifo").kind == .fifo)
    let null = try to.status(at: "null")
    #expect(null.kind == .character && null.major == 1 && null.minor == 3)
    #expect(try readText(directory("to/sub/file")) == "content")
  }

  @Test func holesStayHoles() throws {
    let file = try Descriptor.open(directory("from/sparse"), O_CREAT | O_RDWR, mode: 0o600)
    #expect(ftruncate(file.number, 64 << 20) == 0)
    #expect(pwrite(file.number, "end", 3, 50 << 20) == 3)
    try copy()
    let copied = try Descriptor.open(directory("to/sparse"), O_RDONLY)
    let status = try copied.status()
    #expect(status.size == 64 << 20)
    #expect(status.blocks * 512 < 1 << 20)
    var found = [UInt8](repeating: 0, count: 3)
    #expect(pread(copied.number, &found, 3, 50 << 20) == 3)
    #expect(found == Array("end".utf8))
  }

  @Test func aTakenNameIsAnError() throws {
    try directory.write("from/file", "new")
    try directory.write("to/file", "old")
    #expect { try copy() } throws: { ($0 as? KernelError)?.errno == EEXIST }
    #expect(try readText(directory("to/file")) == "old")
  }
}
