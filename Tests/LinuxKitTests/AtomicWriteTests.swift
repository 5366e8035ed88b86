import LinuxKit
import Testing
import TestSupport
import SystemPackage
import Glibc

@Suite struct AtomicWriteTests {
  @Test func replacesTheWholeFile() throws {
    let directory = try TemporaryDirectory("atomic")
    try directory.write("file", "a long old content", mode: 0o644)
    try atomicWrite(FilePath(directory("file")), Array("new".utf8), mode: 0o600)
    #expect(try readText(directory("file")) == "new")
    #expect(try Descriptor.open(directory("file"), O_RDONLY).status().permissions == 0o600)
    #expect(try Descriptor.open(directory.path, O_RDONLY).entries().map(\.text) == ["file"])
  }

  @Test func leavesNothingWhenTheNameIsADirectory() throws {
    let directory = try TemporaryDirectory("atomic")
    try directory.write("file/inner", "")
    #expect(throws: KernelError.self) { try atomicWrite(FilePath(directory("file")), [1], mode: 0o600) }
    #expect(try Descriptor.open(directory.path, O_RDONLY).entries().map(\.text) == ["file"])
  }
}
