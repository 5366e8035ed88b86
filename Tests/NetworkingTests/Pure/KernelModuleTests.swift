import TestSupport
import Testing

@testable import Networking

@Suite struct KernelModuleTests {
  @Test func aModuleIsLoadedWhenItIsOnDiskAndNotInTheKernel() throws {
    let place = try TemporaryDirectory("modules")
    try place.write(
      "modules.dep",
      """
      kernel/net/8021q/8021q.ko.xz: kernel/net/llc/llc.ko.xz
      kernel/drivers/net/macvlan.ko:
      kernel/drivers/net/macvtap.ko: kernel/drivers/net/tap.ko kernel/drivers/net/ipvlan/ipvlan.ko
      """)
    try place.write("loaded/dummy", "")
    func loads(_ module: String) -> Bool { canBeLoaded(module, from: place.path, loaded: place("loaded")) }
    #expect(loads("8021q") && loads("macvlan"))
    #expect(!loads("vlan") && !loads("ipvlan") && !loads("dummy"))
    try place.write("loaded/macvlan", "")
    #expect(!loads("macvlan"))
    #expect(!canBeLoaded("macvlan", from: place("absent"), loaded: place("loaded")))
  }
}
