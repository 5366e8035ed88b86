import LinuxKit
import OCI
import StackModel
import Testing

@testable import ContainerSetup

/// Which rules of a profile count (moby `profiles/seccomp`).
@Suite struct SeccompRuleTests {
  private func names(
    includes: SeccompProfile.Circumstances = .init(), excludes: SeccompProfile.Circumstances = .init(),
    kernel: KernelVersion = KernelVersion(6, 1), _ change: (inout ContainerOptions) -> Void = { _ in }
  ) throws -> [String] {
    var options = ContainerOptions()
    options.seccomp = .profile(
      SeccompProfile(
        source: "x.json", defaultAction: .errno,
        rules: [SeccompProfile.Rule(names: ["reboot"], action: .allow, includes: includes, excludes: excludes)]))
    change(&options)
    let capabilities = try chosenCapabilities(options, host: inputs().host)
    return (ownSeccomp(options, capabilities: capabilities, kernel: kernel)?.syscalls ?? []).flatMap(\.names)
  }

  #if arch(x86_64)
    private let here = "amd64"
    private let elsewhere = "arm64"
  #else
    private let here = "arm64"
    private let elsewhere = "amd64"
  #endif

  @Test func circumstances() throws {
    #expect(try names() == ["reboot"])
    #expect(try names(includes: .init(capabilities: ["CAP_SYS_BOOT"])) == [])
    #expect(try names(includes: .init(capabilities: ["CAP_SYS_BOOT"])) { $0.capAdd = ["SYS_BOOT"] } == ["reboot"])
    #expect(try names(excludes: .init(capabilities: ["CAP_CHOWN"])) == [])
    #expect(try names(excludes: .init(capabilities: ["CAP_CHOWN"])) { $0.capDrop = ["ALL"] } == ["reboot"])
    #expect(try names(includes: .init(architectures: [here])) == ["reboot"])
    #expect(try names(includes: .init(architectures: [elsewhere])) == [])
    #expect(try names(excludes: .init(architectures: [elsewhere])) == ["reboot"])
    #expect(try names(excludes: .init(architectures: [here])) == [])
    #expect(try names(includes: .init(kernel: .init(major: 6, minor: 2))) == [])
    #expect(try names(includes: .init(kernel: .init(major: 6, minor: 1))) == ["reboot"])
    #expect(try names(excludes: .init(kernel: .init(major: 4, minor: 8))) == [])
  }

  @Test func aPrivilegedContainerHasTheProfileThatItAsksFor() throws {
    #expect(try names { $0.isPrivileged = true } == ["reboot"])
    let plan = try containerPlan(
      inputs {
        $0.spec.options.isPrivileged = true
        $0.spec.options.seccomp = .profile(SeccompProfile(source: "x", defaultAction: .allow))
      })
    #expect(plan.slots.contains(.seccomp))
    #expect(plan.seccomp?.defaultAction == "SCMP_ACT_ALLOW")
  }

  @Test func families() {
    var options = ContainerOptions()
    options.seccomp = .profile(
      SeccompProfile(
        source: "x", defaultAction: .errno,
        families: [.init(architecture: "SCMP_ARCH_X86_64", others: ["SCMP_ARCH_X86"]), .init(architecture: "SCMP_ARCH_AARCH64")]))
    let found = ownSeccomp(options, capabilities: [], kernel: .running)?.architectures
    #if arch(x86_64)
      #expect(found == ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"])
    #else
      #expect(found == ["SCMP_ARCH_AARCH64"])
    #endif
  }
}
