import Glibc
import LinuxKit
import StackModel
import TestSupport
import Testing

@testable import VolumeStore

@Suite struct VolumeStoreTests {
  @Test func aVolumeIsKeptWhenMadeAgain() throws {
    let directory = try TemporaryDirectory()
    let store = try VolumeStore(directory: directory.path + "/volumes")
    let path = try store.create("shop_data")
    #expect(path == directory.path + "/volumes/shop_data/_data")
    #expect(store.isEmpty("shop_data"))
    try Descriptor.open(path + "/kept", O_WRONLY | O_CREAT, mode: 0o600).writeAll("x")
    #expect(try store.create("shop_data") == path)
    #expect(!store.isEmpty("shop_data"))
    try store.remove("shop_data")
    #expect(access(directory.path + "/volumes/shop_data", F_OK) == -1)
    try store.remove("shop_data")
  }

  @Test func whatItTakesIsCounted() throws {
    let directory = try TemporaryDirectory()
    let store = try VolumeStore(directory: directory.path + "/volumes")
    #expect(store.bytesUsed(by: "nothing") == nil)
    let path = try store.create("v")
    let empty = try #require(store.bytesUsed(by: "v"))
    try makeDirectories(path + "/deep/deeper", mode: 0o755)
    for name in ["/one", "/deep/deeper/two"] {
      let file = try Descriptor.open(path + name, O_WRONLY | O_CREAT, mode: 0o600)
      try file.writeAll([UInt8](repeating: 7, count: 100_000))
      try file.synchronize()
    }
    // A further name of the same file, and a way out of the volume, count for nothing.
    #expect(link(path + "/one", path + "/again") == 0)
    #expect(symlink("/usr", path + "/outside") == 0)
    let used = try #require(store.bytesUsed(by: "v")) - empty
    #expect(used >= 200_000 && used < 300_000, "\(used)")
  }

  @Test func whatIsFilledAppearsWhole() throws {
    let directory = try TemporaryDirectory()
    let store = try VolumeStore(directory: directory.path + "/volumes")
    let path = try store.create("v")
    let abandoned = try store.beginFilling("v")
    try Descriptor.open(abandoned + "/half", O_WRONLY | O_CREAT, mode: 0o600).writeAll("x")
    let place = try store.beginFilling("v")
    #expect(access(place + "/half", F_OK) == -1, "what an interrupted filling left must be gone")
    try Descriptor.open(place + "/whole", O_WRONLY | O_CREAT, mode: 0o600).writeAll("x")
    #expect(store.isEmpty("v"))
    try store.finishFilling("v")
    #expect(access(path + "/whole", F_OK) == 0)
  }

  @Test func aVolumeWithDataIsNotReplaced() throws {
    let directory = try TemporaryDirectory()
    let store = try VolumeStore(directory: directory.path + "/volumes")
    let path = try store.create("v")
    _ = try store.beginFilling("v")
    try Descriptor.open(path + "/data", O_WRONLY | O_CREAT, mode: 0o600).writeAll("x")
    #expect(throws: KernelError.self) { try store.finishFilling("v") }
    #expect(access(path + "/data", F_OK) == 0)
  }
}
