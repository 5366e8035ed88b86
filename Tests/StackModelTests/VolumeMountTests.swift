import StackModel
import Testing

/// `driver_opts` of a volume.
@Suite struct VolumeMountTests {
  @Test func optionsSayWhatIsMounted() throws {
    #expect(try VolumeMount(driverOptions: [:]) == nil)
    let written = ["type": "nfs", "device": ":/srv", "o": "addr=10.0.0.2,rw"]
    let nfs = try #require(try VolumeMount(driverOptions: written))
    #expect(nfs == VolumeMount(type: "nfs", device: ":/srv", options: "addr=10.0.0.2,rw") && nfs.driverOptions == written)
    #expect(!nfs.isBind && !nfs.isInMemory)
    let bind = try #require(try VolumeMount(driverOptions: ["type": "none", "device": "/srv", "o": "ro,bind"]))
    #expect(bind.isBind && !bind.isInMemory)
    let tmpfs = try #require(try VolumeMount(driverOptions: ["type": "tmpfs", "device": "tmpfs"]))
    #expect(tmpfs.isInMemory && tmpfs.driverOptions == ["type": "tmpfs", "device": "tmpfs"])
  }

  @Test(
    arguments: [
      (["type": "nfs"], nil, "has no device"), (["device": "/srv", "o": "bind"], nil, "has no type"),
      (["type": "tmpfs", "device": "tmpfs", "size": "1m"], "size", "is not an option of the driver local"),
      (["type": "none", "device": "srv", "o": "bind"], "device", "is not an absolute path"),
    ] as [([String: String], String?, String)])
  func whatIsNoMountIsSaid(_ options: [String: String], _ option: String?, _ message: String) {
    #expect {
      _ = try VolumeMount(driverOptions: options)
    } throws: {
      let problem = $0 as? VolumeMount.Problem
      return problem?.option == option && problem?.message == message && problem?.hint.isEmpty == false
    }
  }
}
