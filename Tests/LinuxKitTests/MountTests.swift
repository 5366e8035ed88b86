import Testing

@testable import LinuxKit

/// Options of mount(8) and the kernel's table of mounts, as text.
@Suite struct MountTests {
  @Test(arguments: [
    ("", 0, ""), ("ro,noexec", 0x9, ""), ("ro,rw", 0, ""), ("defaults,nofail,_netdev", 0, ""),
    ("size=64m,nosuid,mode=1777", 0x2, "size=64m,mode=1777"),
    ("addr=10.0.0.2,rw,nfsvers=4,soft", 0, "addr=10.0.0.2,nfsvers=4,soft"), ("bind", 0x1000, ""), ("rbind,ro", 0x5001, ""),
  ])
  func wordsArePartedIntoFlagsAndTheFileSystemsOwn(_ text: String, _ flags: UInt, _ rest: String) {
    let words = MountWords(text)
    #expect(words.flags == flags && words.rest == rest, "\(words)")
  }

  @Test func aBindGetsItsFlagsInASecondCall() {
    #expect(MountWords("bind").remountFlags == nil && MountWords("bind").bindFlags == 0x1000)
    #expect(MountWords("rbind,ro,nodev").bindFlags == 0x5000 && MountWords("rbind,ro,nodev").remountFlags == 0x1025)
    #expect(!MountWords("ro").isBind)
  }

  @Test func theTableSaysWhatIsOnTop() {
    let table = """
      22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
      40 22 0:40 / /v/a\\040b rw shared:2 - tmpfs muster-volume-a rw,size=1024k
      41 40 254:0 /srv/data /v/a\\040b rw - ext4 /dev/vda rw
      42 22 254:0 /v/c/_data//deleted /data rw - ext4 /dev/vda rw
      nonsense
      """
    let places = MountedAt.all(in: table)
    #expect(places.keys.sorted() == ["/", "/data", "/v/a b"])
    #expect(places["/v/a b"] == MountedAt(type: "ext4", source: "/dev/vda", root: "/srv/data"))
    #expect(places["/data"]?.root.hasSuffix("//deleted") == true)
  }
}
