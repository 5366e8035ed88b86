import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

@Suite struct MountTests {
  private func binds(_ mounts: [Mount], _ change: (inout ContainerInputs) -> Void = { _ in }) throws -> [String] {
    try lines {
      $0.spec.options.mounts = mounts
      $0.hostsPath = nil
      $0.hostnamePath = nil
      $0.resolvConfPath = nil
      change(&$0)
    }.filter { $0.hasPrefix("rbind") || $0.hasPrefix("bind") || ($0.hasPrefix("mount tmpfs") && !$0.contains(" /dev")) }
  }

  @Test func everyKind() throws {
    let mounts = [
      Mount(source: .volume("data"), target: "/var/lib/mysql/"),
      Mount(source: .bind(path: "/host/etc", createsHostPath: true, propagation: nil), target: "/etc/app", isReadOnly: true),
      Mount(source: .bind(path: "/", createsHostPath: false, propagation: "rslave"), target: "/host", isReadOnly: true),
      Mount(source: .tmpfs(size: 1024, mode: 0o1777, uid: 1, gid: 2), target: "/tmp"),
      Mount(source: .anonymousVolume, target: "/a"),
    ]
    #expect(
      try binds(mounts) { $0.volumes = ["/var/lib/mysql": "/v/data", "/a": "/v/1"] } == [
        "rbind /v/1 /a isPrivate",
        "rbind / /host ro slave",
        "mount tmpfs /tmp size=1024,mode=1777,uid=1,gid=2 nosuid,nodev,noexec",
        "rbind /host/etc /etc/app ro isPrivate",
        "rbind /v/data /var/lib/mysql isPrivate",
      ])
  }

  @Test func imageVolumes() throws {
    let volumes: [String: ImageConfig.Empty] = ["/data": .init(), "/cache/": .init(), "/../..": .init()]
    #expect(
      try binds([Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/cache")]) {
        $0.image.config?.volumes = volumes
        $0.volumes = ["/data": "/v/1"]
      } == ["mount tmpfs /cache nosuid,nodev,noexec", "rbind /v/1 /data isPrivate"])
    #expect(throws: SetupError("volumes: there is no volume for /data")) { try binds([]) { $0.image.config?.volumes = ["/data": .init()] } }
  }

  @Test func anonymousTargets() {
    var values = inputs()
    values.image.config?.volumes = ["/data": .init(), "/used": .init(), "/": .init(), "/x/../y": .init()]
    values.spec.options.mounts = [
      Mount(source: .volume("v"), target: "/used"), Mount(source: .anonymousVolume, target: "/own"),
    ]
    #expect(anonymousVolumeTargets(values.spec, values.image) == ["/data", "/own", "/y"])
  }

  @Test func subpathsComeAsDescriptors() throws {
    let plan = try containerPlan(
      inputs {
        $0.spec.options.mounts = [Mount(source: .volume("data"), target: "/d", subpath: "a/b")]
        $0.volumes = ["/d": "/v/data"]
      })
    let slot = try #require(plan.slots.firstIndex(of: .subpath(volume: "/v/data", subpath: "a/b")))
    #expect(plan.steps.map(\.description).contains("rbind slot \(slot) /d isPrivate"))
  }

  @Test(arguments: ["../x", "/etc", "a/../../b", "a\u{0}"])
  func subpathsThatLeadOut(subpath: String) {
    #expect(throws: SetupError.self) {
      try binds([Mount(source: .volume("data"), target: "/d", subpath: subpath)]) { $0.volumes = ["/d": "/v"] }
    }
  }

  @Test(arguments: ["relative", "/", "/a/..", "", "/a\u{0}b"])
  func targetsThatCannotBe(target: String) {
    #expect(throws: SetupError.self) { try binds([Mount(source: .anonymousVolume, target: target)]) { $0.volumes = [target: "/v"] } }
  }

  @Test func twiceOnOneTarget() {
    let one = Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/a")
    let same = Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/b/../a")
    #expect(throws: SetupError("volumes: /a is mounted on twice", hint: "every target can be used once")) { try binds([one, same]) }
  }

  @Test func propagationIsNotGuessed() {
    for propagation in ["rshared", "shared", "sideways"] {
      #expect(throws: SetupError.self) {
        try binds([Mount(source: .bind(path: "/x", createsHostPath: true, propagation: propagation), target: "/x")])
      }
    }
  }

  /// As Docker: a user's mount replaces the usual one, and those below it.
  @Test func usersMountsWin() throws {
    let steps = try lines {
      $0.spec.options.mounts = [
        Mount(source: .bind(path: "/dev", createsHostPath: false, propagation: nil), target: "/dev"),
        Mount(source: .bind(path: "/sys", createsHostPath: false, propagation: nil), target: "/sys", isReadOnly: true),
        Mount(source: .bind(path: "/h", createsHostPath: false, propagation: nil), target: "/etc/hosts"),
      ]
    }
    #expect(
      !steps.contains { $0.contains("/dev/pts") || $0.hasPrefix("mknod") || $0.hasPrefix("symlink /dev") || $0.contains("/sys/fs/cgroup") })
    #expect(steps.filter { $0.contains("/etc/hosts") } == ["rbind /h /etc/hosts isPrivate"])
    #expect(steps.contains("rbind /sys /sys ro isPrivate"))
  }

  @Test func tmpfsOnDevIsFilled() throws {
    let steps = try lines { $0.spec.options.mounts = [Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/dev")] }
    let mount = try #require(steps.firstIndex(of: "mount tmpfs /dev nosuid,nodev,noexec"))
    let node = try #require(steps.firstIndex(of: "mknod /dev/null character 1:3 0666 0:0"))
    #expect(mount < node)
  }
}

@Suite struct GrantTests {
  @Test func placesAndOwners() throws {
    let steps = try lines {
      $0.spec.options.secrets = [
        FileGrant(source: "db", target: "/run/secrets/db"),
        FileGrant(source: "key", target: "/etc/ssl/key", uid: "mysql", gid: "103", mode: 0o400),
      ]
      $0.spec.options.configs = [FileGrant(source: "conf", target: "/conf", mode: 0o555)]
    }
    let pivot = try #require(steps.firstIndex(of: "pivot_root"))
    #expect(steps[..<pivot].contains("mount tmpfs /run/secrets mode=755,source=muster-0123456789ab nosuid,nodev"))
    #expect(
      Array(steps[(pivot + 1)...].prefix(7)) == [
        "write /run/secrets/db from slot 2 0444 0:0",
        "mkdir /run/secrets/.bound 0700",
        "write /run/secrets/.bound/secret-1 from slot 3 0400 mysql:103",
        "write /run/secrets/.bound/config-0 from slot 4 0555 0:0",
        "bind /run/secrets/.bound/config-0 /conf ro,nosuid,nodev isPrivate",
        "bind /run/secrets/.bound/secret-1 /etc/ssl/key ro,nosuid,nodev isPrivate",
        "remount /run/secrets ro,nosuid,nodev",
      ])
  }

  @Test func theOwnerIsTheServicesUserUnlessSaid() throws {
    func owner(_ user: String?, image: String? = nil, uid: String? = nil, gid: String? = nil) throws -> String? {
      try lines {
        $0.spec.options.user = user
        $0.image.config?.user = image
        $0.spec.options.secrets = [FileGrant(source: "db", target: "/run/secrets/db", uid: uid, gid: gid)]
      }.first { $0.hasPrefix("write ") }.map { String($0.dropFirst("write /run/secrets/db from slot 2 0444 ".count)) }
    }
    #expect(try owner(nil) == "0:0")
    #expect(try owner("root", image: "web") == "0:0")
    #expect(try owner(nil, image: "web") == ": of web")
    #expect(try owner("app:staff") == ":staff of app:staff")
    #expect(try owner("1000") == "1000: of 1000")
    #expect(try owner("1000:2000") == "1000:2000")
    #expect(try owner("1000:2000", uid: "5") == "5:2000")
    #expect(try owner("app", gid: "7") == ":7 of app")
    #expect(try owner("app", uid: "mysql", gid: "7") == "mysql:7")
  }

  @Test func swapIsKeptOutWhereTheKernelCan() throws {
    let steps = try lines {
      $0.host.hasNoSwap = true
      $0.spec.options.configs = [FileGrant(source: "c", target: "/c")]
    }
    #expect(steps.contains("mount tmpfs /run/secrets mode=755,source=muster-0123456789ab,noswap nosuid,nodev"))
  }

  @Test(arguments: ["/run/secrets", "/run", "/run/secrets/.bound", "/run/secrets/.bound/0", "relative", "/"])
  func targetsThatCannotBe(target: String) {
    #expect(throws: SetupError.self) { try lines { $0.spec.options.secrets = [FileGrant(source: "s", target: target)] } }
  }

  @Test func twice() {
    #expect(throws: SetupError.self) {
      try lines {
        $0.spec.options.secrets = [FileGrant(source: "s", target: "/a")]
        $0.spec.options.configs = [FileGrant(source: "c", target: "/b/../a")]
      }
    }
  }
}
