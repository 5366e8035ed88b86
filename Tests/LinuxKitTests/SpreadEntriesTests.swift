import CLinux
import Glibc
import LinuxKit
import TestSupport
import Testing

@Suite struct SpreadEntriesTests {
  /// `EXT4_SUPER_MAGIC` of linux/magic.h.
  private func isExtended(_ path: String) throws -> Bool { clinux_filesystem_type(try Descriptor.open(path, O_RDONLY).number) == 0xEF53 }

  @Test func ext4SpreadsWhatIsInIt() async throws {
    let directory = try TemporaryDirectory("spread")
    #expect(mkdir(directory("a"), 0o755) == 0)
    for _ in 0..<2 { spreadEntries(of: directory("a")) }
    guard try isExtended(directory.path) else { return }
    let flags = try await run("lsattr", "-d", directory("a")).output.split(separator: " ").first
    #expect(flags?.contains("T") == true, "\(flags ?? "")")
  }

  /// tmpfs has no such flag, and what is no directory cannot have it.
  @Test func elsewhereNothingHappens() throws {
    let directory = try TemporaryDirectory("spread")
    try directory.write("file", "x")
    for path in ["/dev/shm", directory("file"), directory("nonsuch")] { spreadEntries(of: path) }
    #expect(try readText(directory("file")) == "x")
  }
}
