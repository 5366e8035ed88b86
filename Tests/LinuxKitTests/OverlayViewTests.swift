import Glibc
import LinuxKit
import TestSupport
import Testing

@Suite struct OverlayViewTests {
  @Test func mergesAndMountsNothingHere() throws {
    let directory = try TemporaryDirectory("overlay")
    for name in ["upper", "work"] { try makeDirectories(directory(name)) }
    try directory.write("one/file", "from one")
    try directory.write("two:odd,name/file", "from two")
    try directory.write("two:odd,name/other", "other")
    let mounts = try readText("/proc/self/mounts")
    let view = RootedDirectory(try overlayView(lower: ["one", "two:odd,name"], upper: "upper", work: "work", directory: directory.path))
    #expect(String(decoding: try view.read("file", limit: 100), as: UTF8.self) == "from one")
    #expect(String(decoding: try view.read("other", limit: 100), as: UTF8.self) == "other")
    try view.createFile("made").writeAll("x")
    #expect(try readText(directory("upper/made")) == "x")
    #expect(try readText("/proc/self/mounts") == mounts)
  }

  @Test func failureNamesTheCall() throws {
    #expect { _ = try overlayView(lower: ["nonsuch", "other"], upper: nil, work: nil, directory: "/tmp") } throws: {
      ($0 as? KernelError)?.call == "mount(2) overlay" && ($0 as? KernelError)?.errno == ENOENT
    }
  }
}
