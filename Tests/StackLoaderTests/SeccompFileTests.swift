import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// `security_opt: seccomp=FILE`: the file travels in the stack.
@Suite struct SeccompFileTests {
  private func load(_ profile: String?, _ option: String = "seccomp=profiles/web.json", keys: String = "") -> Diagnosed<LoadedStack> {
    var files: [String: String] = [:]
    if let profile { files["/shop/profiles/web.json"] = profile }
    return StackLoaderTests.load("services:\n  web:\n    image: nginx\n    security_opt: ['\(option)']\n\(keys)", files: files)
  }

  private func profile(_ text: String) throws -> SeccompProfile {
    let loaded = load(text)
    let options = try #require(loaded.value?.stack.services["web"]?.options, "\(lines(loaded))")
    guard case .profile(let profile) = options.seccomp else { throw Missing() }
    return profile
  }

  private struct Missing: Error {}

  @Test func dockersFormat() throws {
    // Tabs, as Docker's own file has.
    let found = try profile(
      """
      {
      \t"defaultAction": "SCMP_ACT_ERRNO",
      \t"defaultErrnoRet": 1,
      \t"archMap": [
      \t\t{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] }
      \t],
      \t"syscalls": [
      \t\t{ "names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": [], "comment": "", "includes": {}, "excludes": {} },
      \t\t{ "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "args": null, "includes": { "minKernel": "4.8" } },
      \t\t{
      \t\t\t"names": ["clone"], "action": "SCMP_ACT_ALLOW",
      \t\t\t"args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }],
      \t\t\t"excludes": { "caps": ["CAP_SYS_ADMIN"], "arches": ["s390", "s390x"] }
      \t\t},
      \t\t{ "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 },
      \t\t{ "name": "old", "action": "SCMP_ACT_LOG" }
      \t]
      }
      """)
    #expect(found.source == "profiles/web.json")
    #expect(found.defaultAction == .errno && found.defaultErrno == 1)
    #expect(found.families == [.init(architecture: "SCMP_ARCH_X86_64", others: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"])])
    #expect(
      found.rules == [
        .init(names: ["read", "write"], action: .allow),
        .init(names: ["ptrace"], action: .allow, includes: .init(kernel: .init(major: 4, minor: 8))),
        .init(
          names: ["clone"], action: .allow, arguments: [.init(index: 0, value: 2_114_060_288, comparison: .masked)],
          excludes: .init(capabilities: ["CAP_SYS_ADMIN"], architectures: ["s390", "s390x"])),
        .init(names: ["clone3"], action: .errno, errno: 38), .init(names: ["old"], action: .log),
      ])
  }

  @Test func dollarsAreNoVariables() throws {
    #expect(
      try profile(#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["$HOME"], "action": "SCMP_ACT_KILL"}]}"#).rules[0].names
        == ["$HOME"])
  }

  @Test(
    arguments: [
      (
        nil,
        "compose.yaml:4:20: error MU0102: service \"web\": cannot read the seccomp profile /shop/profiles/web.json: there is no such file"
      ),
      (
        "[]",
        "compose.yaml:4:20: error MU0205: service \"web\": /shop/profiles/web.json is not a seccomp profile | a profile is one JSON object"
      ),
      (
        #"{"syscalls": []}"#,
        "profiles/web.json:1:1: error MU0205: seccomp profile profiles/web.json: defaultAction is missing | write SCMP_ACT_ERRNO"
      ),
      (
        #"{"defaultAction": "SCMP_ACT_ALOW"}"#,
        "profiles/web.json:1:19: error MU0205: seccomp profile profiles/web.json: defaultAction \"SCMP_ACT_ALOW\" is not known | did you mean \"SCMP_ACT_ALLOW\"?"
      ),
      (
        #"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["a"], "archMap": [{"architecture": "b"}]}"#,
        "profiles/web.json:1:72: error MU0206: seccomp profile profiles/web.json has both architectures and archMap | keep one of them"
      ),
    ] as [(String?, String)])
  func mistakesHaveAPlace(profile: String?, line: String) {
    let found = lines(load(profile))
    #expect(found.count == 1)
    #expect(found.first?.replacing(/MU\d+/, with: "") == line.replacing(/MU\d+/, with: ""))
  }

  @Test func brokenJSON() {
    let found = load("{\"defaultAction\": ")
    #expect(found.value == nil)
    #expect(lines(found).first?.hasPrefix("profiles/web.json:") == true, "\(lines(found))")
  }

  @Test func servicesThatDoNotRunNeedNoFile() {
    let found = load(nil, keys: "    profiles: [never]\n")
    #expect(found.value != nil, "\(lines(found))")
  }
}
