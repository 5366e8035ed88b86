import StackModel
import Testing

@testable import StackLoader

/// `volumes`, `tmpfs`, `volumes_from`, `secrets`, `configs`, `devices`.
@Suite struct ShortSyntaxStorage {
  private static func bind(
    _ path: String, creates: Bool = true, propagation: String? = nil, readOnly: Bool = false
  ) -> [Mount] {
    [Mount(source: .bind(path: path, createsHostPath: creates, propagation: propagation), target: "/x", isReadOnly: readOnly)]
  }
  private static func volume(readOnly: Bool = false, noCopy: Bool = false, subpath: String? = nil) -> [Mount] {
    [Mount(source: .volume("shop_data"), target: "/x", isReadOnly: readOnly, noCopy: noCopy, subpath: subpath)]
  }

  static let volumes: [ShortForm<[Mount]>] = [
    .init("[/x]", [Mount(source: .anonymousVolume, target: "/x")]), .init("[\"data:/x\"]", volume()),
    .init("[\"data:/x:ro\"]", volume(readOnly: true)), .init("[\"data:/x:rw\"]", volume()),
    .init("[\"data:/x:nocopy\"]", volume(noCopy: true)), .init("[\"data:/x:ro,nocopy\"]", volume(readOnly: true, noCopy: true)),
    .init("[\"./a:/x\"]", bind("/shop/a")), .init("[\"../a:/x\"]", bind("/a")), .init("[\"~/a:/x\"]", bind("/home/me/a")),
    .init("[\"~:/x\"]", bind("/home/me")), .init("[\".:/x\"]", bind("/shop")),
    .init("[\"/a:/x:rslave\"]", bind("/a", propagation: "rslave")),
    .init("[\"/a:/x:Z,ro\"]", bind("/a", readOnly: true)), .init("[\"/a:/x:cached\"]", bind("/a")), .init("[\"/a/:/x/\"]", bind("/a")),
    .init("[{type: bind, source: ./a, target: /x}]", bind("/shop/a")),
    .init(
      "[{type: bind, source: /a, target: /x, read_only: true, bind: {propagation: shared, create_host_path: false}}]",
      bind("/a", creates: false, propagation: "shared", readOnly: true)),
    .init("[{type: volume, source: data, target: /x, volume: {nocopy: true, subpath: a}}]", volume(noCopy: true, subpath: "a")),
    .init("[{type: volume, target: /x}]", [Mount(source: .anonymousVolume, target: "/x")]),
    .init(
      "[{type: tmpfs, target: /x, tmpfs: {size: 1m, mode: 0o1777}}]",
      [Mount(source: .tmpfs(size: 1_048_576, mode: 0o1777, uid: nil, gid: nil), target: "/x")]),
    .init("[\"./a:/x\", \"./b:/x\"]", bind("/shop/b")),
    .init("[\"dta:/x\"]", refused: "uses the volume \"dta\", which is not declared | did you mean \"data\"?"),
    .init("[\"a/b:/x\"]", refused: "a path of the host starts with ./ or /"), .init("[\"/a:/b:/c:/d\"]", refused: "is not a volume"),
    .init("[\":/x\"]", refused: "is not a volume"), .init("[\"/x:\"]", refused: "is not a volume"),
    .init("[\"/a:/x:or\"]", refused: "has the option \"or\" | did you mean \"ro\"?"),
    .init("[x]", refused: "has the target \"x\", which is not an absolute path"),
    .init("[\"/a:/\"]", refused: "would hide the whole container"),
    .init("['C:\\data:/x']", refused: "has a path of Windows"), .init("['C:/data:/x']", refused: "has a path of Windows"),
    .init("['c:\\a:c:\\b']", refused: "has a path of Windows"),
    .init("['\\\\.\\pipe\\e:\\\\.\\pipe\\e']", refused: "has a path of Windows"),
    .init("[{type: bind, source: 'C:\\a', target: /x}]", refused: "has \"C:\\a\", a path of Windows"),
    .init("[{type: bind, target: /x}]", refused: "has no source"),
    .init("[{source: data, target: /x}]", refused: "the key \"type\" is missing"),
    .init("[{type: bnid, source: ./a, target: /x}]", refused: "did you mean \"bind\"?"),
    .init("[{type: bind, source: ./a}]", refused: "has no target"),
    .init("[{type: tmpfs, source: data, target: /x}]", refused: "is a tmpfs with a source"),
    .init("[{type: bind, source: ./a, target: /x, volume: {nocopy: true}}]", refused: "a mount of the type bind has options of a volume"),
    .init("[{type: volume, source: data, target: /x, bind: {propagation: shared}}]", refused: "type volume has options of a bind"),
    .init("[{type: volume, source: data, target: /x, tmpfs: {size: 1m}}]", refused: "type volume has options of a tmpfs"),
    .init("[{type: bind, source: ./a, target: /x, bind: {propagation: sideways}}]", refused: "propagation \"sideways\" is not known"),
    .init("[{type: bind, source: ./a, target: /x, consistency: cache}]", refused: "did you mean \"cached\"?"),
    .init("[{type: bind, source: ./a, target: /x, bind: {recursive: enable}}]", refused: "did you mean \"enabled\"?"),
    .init("[{type: volume, source: data, target: /x, volume: {subpath: ../a}}]", refused: "leads out of the volume"),
    .init("[{type: npipe, source: a, target: /x}]", refused: "error MU0302: service \"web\", volumes: type \"npipe\" is not supported"),
    .init("[{type: cluster, source: a, target: /x}]", refused: "error MU0302: service \"web\", volumes: type \"cluster\" is not supported"),
    .init("[{type: image, source: a, target: /x}]", [Mount(source: .image("a"), target: "/x")]),
  ]
  @Test(arguments: volumes) func readsVolumes(_ form: ShortForm<[Mount]>) {
    form.check("volumes", top: "volumes: {data: }", \.options.mounts)
  }

  @Test func mountsThatSayMore() throws {
    let found = service(
      """
      volumes:
        - /a:/a:Z,ro
        - {type: bind, source: /b, target: /b, read_only: true, consistency: delegated, bind: {recursive: readonly, selinux: z}}
        - {type: image, source: alpine, target: /c, image: {subpath: etc}}
        - {type: volume, target: /d, volume: {labels: [l=1]}}
        - /e:/e
      """)
    var first = MountRequest(kind: .bind, source: "/a", target: "/a"), second = MountRequest(kind: .bind, source: "/b", target: "/b")
    var third = MountRequest(kind: .volume, target: "/d")
    first.relabelling = .private
    first.isReadOnly = true
    second.relabelling = .shared
    second.isReadOnly = true
    second.consistency = .delegated
    third.labels = ["l": "1"]
    #expect(try #require(found.service, "\(found.lines)").requests?.mounts == [first, second, third])
    #expect(found.service?.options.mounts.map(\.target) == ["/a", "/b", "/c", "/d", "/e"])
    #expect(found.service?.options.mounts[1].recursion == .readonly)
    #expect(found.service?.options.mounts[2] == Mount(source: .image("alpine"), target: "/c", subpath: "etc"))
  }

  private static func tmpfs(_ size: ByteCount? = nil, mode: UInt32? = nil, uid: UInt32? = nil, gid: UInt32? = nil, ro: Bool = false)
    -> [Mount]
  {
    [Mount(source: .tmpfs(size: size, mode: mode, uid: uid, gid: gid), target: "/run", isReadOnly: ro)]
  }
  static let temporary: [ShortForm<[Mount]>] = [
    .init("/run", tmpfs()), .init("[/run]", tmpfs()),
    .init("\"/run:mode=755,uid=1009,gid=1010\"", tmpfs(mode: 0o755, uid: 1009, gid: 1010)),
    .init("\"/run:size=64m\"", tmpfs(67_108_864)), .init("\"/run:ro,noexec\"", tmpfs(ro: true)),
    .init("run", refused: "is not an absolute path"), .init("/", refused: "is not an absolute path below /"),
    .init("\"/run:sise=1m\"", refused: "has the option \"sise=1m\""), .init("\"/run:mode=999\"", refused: "has the option \"mode=999\""),
  ]
  @Test(arguments: temporary) func readsTmpfs(_ form: ShortForm<[Mount]>) { form.check("tmpfs", \.options.mounts) }

  static let sources: [ShortForm<[VolumesFrom]?>] = [
    .init("[db]", [VolumesFrom(source: .service("db"))]), .init("[\"db:ro\"]", [VolumesFrom(source: .service("db"), isReadOnly: true)]),
    .init("[\"db:rw\"]", [VolumesFrom(source: .service("db"))]), .init("[\"container:db\"]", [VolumesFrom(source: .container("db"))]),
    .init("[\"container:db:ro\"]", [VolumesFrom(source: .container("db"), isReadOnly: true)]), .init("[]", nil),
    .init("[\"db:or\"]", refused: "volumes_from \"db:or\" is not understood"),
    .init("[bd]", refused: "depends on \"bd\", which is not declared | did you mean \"db\"?"),
  ]
  @Test(arguments: sources) func readsVolumesFrom(_ form: ShortForm<[VolumesFrom]?>) {
    form.check("volumes_from") { $0.options.volumesFrom }
  }

  private static func secret(_ target: String = "key", _ mode: UInt32? = nil) -> [FileGrant] {
    [FileGrant(source: "key", target: "/run/secrets/" + target, mode: mode)]
  }
  static let secrets: [ShortForm<[FileGrant]>] = [
    .init("[key]", secret()), .init("[{source: key}]", secret()), .init("[{source: key, target: other}]", secret("other")),
    .init("[{source: key, mode: 0440}]", secret("key", 0o440)), .init("[{source: key, mode: 0o440}]", secret("key", 0o440)),
    .init("[{source: key, mode: \"0440\"}]", secret("key", 0o440)), .init("[{source: key, mode: \"440\"}]", secret("key", 0o440)),
    // A number is a number: 440 is 0670. Compose takes it so too.
    .init("[{source: key, mode: 440}]", secret("key", 0o670)), .init("[{source: key, mode: 0x120}]", secret("key", 0o440)),
    .init(
      "[{source: key, target: /etc/key, uid: \"103\", gid: \"103\"}]",
      [FileGrant(source: "key", target: "/etc/key", uid: "103", gid: "103")]),
    .init("[key, key]", secret()), .init("[kye]", refused: "uses the secret \"kye\", which is not declared | did you mean \"key\"?"),
    .init("[{target: x}]", refused: "an entry has no source"),
    .init("[{source: key, mode: rw}]", refused: "mode \"rw\" is not a file's mode"),
    .init("[{source: key, mode: 0o10000}]", refused: "is not a file's mode"),
  ]
  @Test(arguments: secrets) func readsSecrets(_ form: ShortForm<[FileGrant]>) {
    form.check("secrets", top: "secrets: {key: {file: ./key}}", \.options.secrets)
  }

  static let configs: [ShortForm<[FileGrant]>] = [
    .init("[motd]", [FileGrant(source: "motd", target: "/motd")]),
    .init("[{source: motd, target: /etc/motd, mode: 0440}]", [FileGrant(source: "motd", target: "/etc/motd", mode: 0o440)]),
    .init("[modt]", refused: "uses the config \"modt\", which is not declared | did you mean \"motd\"?"),
  ]
  @Test(arguments: configs) func readsConfigs(_ form: ShortForm<[FileGrant]>) {
    form.check("configs", top: "configs: {motd: {file: ./motd}}", \.options.configs)
  }

  static let devices: [ShortForm<[DeviceMapping]>] = [
    .init("[/dev/ttyUSB0]", [DeviceMapping(source: "/dev/ttyUSB0", target: "/dev/ttyUSB0")]),
    .init("[\"/dev/a:/dev/b\"]", [DeviceMapping(source: "/dev/a", target: "/dev/b")]),
    .init("[\"/dev/sda:/dev/xvda:rwm\"]", [DeviceMapping(source: "/dev/sda", target: "/dev/xvda")]),
    .init("[\"/dev/a:r\"]", [DeviceMapping(source: "/dev/a", target: "/dev/a", permissions: "r")]),
    .init("[{source: /dev/a}]", [DeviceMapping(source: "/dev/a", target: "/dev/a")]),
    .init("[{source: /dev/a, target: /dev/b, permissions: rw}]", [DeviceMapping(source: "/dev/a", target: "/dev/b", permissions: "rw")]),
    .init("[\"/dev/a:/dev/b:x\"]", refused: "this is not a device"), .init("[\"/dev/a:/dev/b:r:w\"]", refused: "this is not a device"),
    .init("[\"vendor.com/class=gpu\"]", refused: "error MU0302: service \"web\": devices \"vendor.com/class=gpu\" is not supported"),
  ]
  @Test(arguments: devices) func readsDevices(_ form: ShortForm<[DeviceMapping]>) { form.check("devices", \.options.devices) }
}
