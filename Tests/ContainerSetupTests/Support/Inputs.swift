import LinuxKit
import OCI
import ShimProtocol
import StackModel

@testable import ContainerSetup

/// A container of `debian` with a network of its own on a version 2 host, and what the test changes of it.
func inputs(_ change: (inout ContainerInputs) -> Void = { _ in }) -> ContainerInputs {
  var image = ImageConfig()
  var execution = ImageConfig.Execution()
  execution.cmd = ["bash"]
  execution.env = ["PATH=/usr/bin:/bin", "LANG=C"]
  image.config = execution
  let host = HostFacts(
    hostname: "box", capabilities: .known, cgroups: .unified,
    deviceLookup: { path in
      guard path.hasPrefix("/dev/") else { return [] }
      return [DeviceNode(path: path, isBlock: false, major: 10, minor: 229, mode: 0o660, uid: 0, gid: 44)]
    },
    allDevices: {
      [DeviceNode(path: "/dev/kvm", isBlock: false, major: 10, minor: 232, mode: 0o660, uid: 0, gid: 104)]
    })
  var inputs = ContainerInputs(
    id: ContainerID("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    spec: ContainerSpec(project: "shop", service: "web", name: "shop-web-1", image: "debian"), image: image,
    root: OverlayRoot(directory: "/layers", lower: ["b", "a"], upper: "/c/upper", work: "/c/work"), host: host)
  inputs.hostsPath = "/c/hosts"
  inputs.hostnamePath = "/c/hostname"
  inputs.resolvConfPath = "/c/resolv.conf"
  inputs.interfaces = [ContainerInterface(origin: "mc-1", name: "eth0", addresses: ["172.18.0.2/16"])]
  inputs.gateway = "172.18.0.1"
  inputs.cgroupCount = 1
  change(&inputs)
  return inputs
}

/// The printed steps of a plan.
func lines(_ change: (inout ContainerInputs) -> Void = { _ in }) throws -> [String] {
  try containerPlan(inputs(change)).steps.map(\.description)
}
