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
    // Away at once, to be had back until it is cleared.
    try store.discard("shop_data")
    #expect(!store.exists("shop_data") && access(directory.path + "/volumes/shop_data", F_OK) == -1)
    #expect(try store.discarded() == ["shop_data"] && store.names() == [])
    try store.restore("shop_data")
    #expect(access(path + "/kept", F_OK) == 0)
    #expect(try !store.removeIfEmpty("shop_data") && store.names() == ["shop_data"])
    try store.discard("shop_data")
    // One that has come after it is another.
    try store.create("shop_data")
    #expect(store.isEmpty("shop_data"))
    try store.discard("shop_data")
    #expect(try store.discarded() == ["shop_data"])
    for _ in 1...2 { try store.clear("shop_data") }
    #expect(try store.discarded() == [] && store.names() == [])
    try store.discard("shop_data")
    try store.create("other")
    #expect(try store.removeIfEmpty("other") && store.names() == [])
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

  /// What is mounted is neither looked into nor removed, whatever becomes of the volume.
  @Test(.enabled(if: geteuid() == 0, "mounting needs root")) func whatIsMountedOutlivesTheVolume() throws {
    let directory = try TemporaryDirectory()
    let store = try VolumeStore(directory: directory.path + "/volumes")
    try makeDirectories(directory("elsewhere"), mode: 0o755)
    try Descriptor.open(directory("elsewhere/kept"), O_WRONLY | O_CREAT, mode: 0o600).writeAll("x")
    let path = try store.create("v")
    #expect(try store.mounted() == [])
    let bind = VolumeMount(type: "none", device: directory("elsewhere"), options: "bind,ro")
    try store.mount("v", bind)
    #expect(try store.mounted() == ["v"] && access(path + "/kept", F_OK) == 0)
    #expect(open(path + "/more", O_WRONLY | O_CREAT, 0o600) == -1 && errno == EROFS)
    try store.unmount("v")
    #expect(try store.mounted() == [] && store.isEmpty("v"))
    // Something inside is somebody's, too.
    try makeDirectories(path + "/inner", mode: 0o755)
    try mountHere("none", directory("elsewhere"), at: path + "/inner", options: "bind")
    #expect {
      try store.discard("v")
    } throws: {
      ($0 as? KernelError)?.errno == EBUSY
    }
    try unmountHere(path + "/inner")
    rmdir(path + "/inner")
    try store.mount("v", bind)
    try store.discard("v")
    try store.clear("v")
    #expect(try store.names() == [] && store.discarded() == [] && store.mounted() == [])
    #expect(access(directory("elsewhere/kept"), F_OK) == 0)
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
