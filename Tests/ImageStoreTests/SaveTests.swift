import Glibc
import LinuxKit
import OCI
import SystemPackage
import TestSupport
import Testing

@testable import ImageStore

/// What `save` writes is what others read, and what they write is loaded: the same files to the last byte, owner, mode, time and attribute.
@Suite(.timeLimit(.minutes(10))) struct SaveTests {
  static let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

  static let lower = TarBuilder.make { tar in
    tar.directory("./")
    tar.directory("./etc")
    tar.file("./etc/a", "lower a")
    tar.file("./etc/b", "lower b")
    tar.hardLink("./etc/c", "./etc/a")
    tar.entry(
      "./ping", mode: 0o4755, uid: 33, gid: 44, time: 1_600_000_000, data: [1], pax: ["SCHILY.xattr.security.capability": capability])
    tar.file("./note", "n", pax: ["SCHILY.xattr.user.note": Array("kept".utf8), "mtime": Array("1700000000.25".utf8)])
    tar.directory("./var", mode: 0o1777)
    tar.file("./var/old", "old")
    tar.symlink("./sh", "etc/a")
    tar.entry("./fifo", type: "6", mode: 0o600)
    tar.entry("./big", data: (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) })
  }
  static let upper = TarBuilder.make { tar in
    tar.directory("./")
    tar.directory("./etc", mode: 0o700)
    tar.file("./etc/.wh.b", "")
    tar.file("./etc/a", "upper a")
    tar.hardLink("./etc/d", "./etc/a")
    tar.directory("./var")
    tar.file("./var/.wh..wh..opq", "")
    tar.file("./var/new", "new")
  }

  /// A store with `web:1` and `web:2`: two layers that came in an archive, and one that was made here, with a link to a file of a lower one.
  static func filled(_ fixture: StoreFixture) async throws -> ImageStore {
    let store = try fixture.open()
    let saved = try fixture.write("first.tar", SavedImageTests.dockerArchive([lower, upper], tags: #"["base:1"]"#))
    let base = try await store.importImage(path: saved, reference: nil)
    let workspace = try store.makeWorkspace()
    for name in ["upper", "work"] { try check(mkdir(workspace.path + "/" + name, 0o755)) }
    do {
      let root = RootedDirectory(
        try overlayView(
          lower: base.layers, upper: workspace.name + "/upper", work: workspace.name + "/work", directory: store.layersDirectory))
      try root.makeLink("big2", to: "big")
      try root.remove("note")
      try root.createFile("made", mode: 0o640, owner: FileOwner(uid: 7, gid: 8)).writeAll("made here")
      for path in ["made", "."] {
        try root.open(path, O_RDONLY).setTimes(accessed: FileTime(seconds: 5), modified: FileTime(seconds: 1_650_000_000, nanoseconds: 7))
      }
    }
    let layer = try await store.commitLayer(from: workspace.path + "/upper")
    try await store.discard(workspace)
    var config = base.config
    config.rootfs.diffIDs.append(layer.diffID)
    config.history = [.init(createdBy: "one"), .init(createdBy: "two"), .init(createdBy: "three")]
    _ = try await store.add(config: config, references: [try ImageReference("web:1"), try ImageReference("web:2")])
    await store.unpin([layer.diffID])
    return store
  }

  static func save(_ store: ImageStore, _ names: [String], as form: SaveForm, to path: String) async throws {
    let file = SharedDescriptor(try Descriptor.open(path, O_CREAT | O_TRUNC | O_WRONLY, mode: 0o600))
    try await store.save(names, as: form) { try file.descriptor.writeAll($0) }
  }

  /// In what the merged files of two images differ.
  static func difference(_ tree: String, _ image: Image, _ store: ImageStore) async throws -> String? {
    let lower = image.layers + [store.emptyLayer]
    let directory = store.layersDirectory
    return try await onThread { cancellation in
      let view = try overlayView(lower: lower, upper: nil, work: nil, directory: directory)
      return try TreeComparison(cancellation, isMerged: true).difference(
        of: Descriptor.open(tree, O_RDONLY | O_DIRECTORY), from: view.open(at: ".", O_RDONLY | O_DIRECTORY))
    }
  }

  static func layersDiffer(_ image: Image, _ one: ImageStore, _ two: ImageStore) async throws -> String? {
    for name in image.layers {
      let found = try await onThread { cancellation in
        try TreeComparison(cancellation).difference(
          of: Descriptor.open(two.layersDirectory + "/" + name, O_RDONLY | O_DIRECTORY),
          from: Descriptor.open(one.layersDirectory + "/" + name, O_RDONLY | O_DIRECTORY))
      }
      if let found { return found }
    }
    return nil
  }

  @Test(arguments: SaveForm.allCases, [true, false])
  func whatIsSavedIsLoaded(form: SaveForm, isDirectory: Bool) async throws {
    let fixture = try StoreFixture()
    let store = try await Self.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    let path = fixture.path + "/saved"
    if isDirectory {
      try await store.save(["web"], as: form, directory: path)
    } else {
      try await Self.save(store, ["web"], as: form, to: path)
    }
    let second = try ImageStore(directory: fixture.path + "/second")
    let loaded: ImportReport
    if isDirectory {
      loaded = try await second.load(path: path)
    } else {
      // In pieces of odd sizes, as a pipe has them.
      let bytes = try Descriptor.open(path, O_RDONLY).readAll(limit: 10 << 20)
      loaded = try await second.load(
        AsyncStream<[UInt8]> { stream in
          var rest = bytes[...]
          while !rest.isEmpty {
            stream.yield(Array(rest.prefix(70_001)))
            rest = rest.dropFirst(70_001)
          }
          stream.finish()
        })
    }
    let names = Set(loaded.images.flatMap(\.references))
    #expect(names == ["web:1", "web:2"])
    #expect(Set(loaded.images.map(\.id)) == [image.id])
    expectNone(try await Self.layersDiffer(image, store, second))
    let again = try #require(await second.resolve("web:2"))
    #expect(again.config == image.config)
    // The same bytes out of the second as out of the first.
    if form == .oci, !isDirectory {
      try await Self.save(second, ["web"], as: form, to: fixture.path + "/again")
      let again = try Descriptor.open(fixture.path + "/again", O_RDONLY).readAll(limit: 10 << 20)
      #expect(try Descriptor.open(path, O_RDONLY).readAll(limit: 10 << 20) == again)
    }
    #expect(try fixture.listing(fixture.path + "/second/temp").isEmpty && fixture.listing(fixture.images + "/temp").isEmpty)
  }

  @Test func namesDecideWhatIsSaved() async throws {
    let fixture = try StoreFixture()
    let store = try await Self.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    func names(_ asked: [String]) async throws -> [[String]] {
      try await Self.save(store, asked, as: .docker, to: fixture.path + "/saved")
      let second = try ImageStore(directory: fixture.path + "/" + String(UInt64.random(in: 0 ... .max), radix: 36))
      return try await second.load(path: fixture.path + "/saved").images.map(\.references)
    }
    #expect(try await names(["web:2"]) == [["web:2"]])
    #expect(try await names(["web"]) == [["web:1", "web:2"]])
    #expect(try await names([image.id.short]) == [[]])
    #expect(try await names(["web:1", "base:1"]) == [["web:1"], ["base:1"]])
    await #expect(throws: ImageStoreError.notFound("absent")) { try await names(["absent"]) }
    // A name that another image has already is taken from it, and said so.
    let third = try ImageStore(directory: fixture.path + "/third")
    _ = try await third.importImage(path: try fixture.write("r.tar", SavedImageTests.lower), reference: try ImageReference("web:1"))
    try await Self.save(store, ["web:1"], as: .docker, to: fixture.path + "/saved")
    let notes = try await third.load(path: fixture.path + "/saved").notes
    #expect(notes.count == 1 && notes[0].hasPrefix("The image web:1 already exists, renaming the old one with ID sha256:"))
  }

  @Test func whatIsDamagedIsNotSaved() async throws {
    let fixture = try StoreFixture()
    let store = try await Self.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    try Descriptor.open(store.layersDirectory + "/" + image.layers[0] + "/made", O_WRONLY).writeAll("MADE")
    let path = fixture.path + "/saved"
    let error = await #expect(throws: ImageStoreError.self) { try await store.save(["web:1"], as: .docker, directory: path) }
    #expect(error?.description.contains("is damaged on this machine") == true)
    #expect(access(path, F_OK) != 0)
    await #expect(throws: ImageStoreError.self) { try await Self.save(store, ["web:1"], as: .docker, to: path) }
    // Nor is anything written beside what somebody has.
    try check(mkdir(fixture.path + "/own", 0o755))
    try fixture.write("own/file", [1])
    await #expect(throws: ImageStoreError.self) { try await store.save(["base:1"], as: .oci, directory: fixture.path + "/own") }
    #expect(try fixture.listing(fixture.path + "/own").count == 1)
  }

  @Test func whatIsNoSavedImageIsNotLoaded() async throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let before = try fixture.outsideState()
    let archives: [[UInt8]] = [
      [], Array("no archive".utf8), Self.lower, Array(SavedImageTests.dockerArchive([Self.lower]).prefix(4000)),
      TarBuilder.make { $0.file("manifest.json", #"[{"Config":"../../outside/secret","Layers":[]}]"#) },
      TarBuilder.make { tar in
        tar.symlink("blobs", fixture.outside)
        tar.file("blobs/secret", "changed")
        tar.file("manifest.json", "[]")
      },
    ]
    for bytes in archives {
      let pieces = AsyncStream<[UInt8]> { stream in
        stream.yield(bytes)
        stream.finish()
      }
      await #expect(throws: (any Error).self) { try await store.load(pieces) }
    }
    var limits = UnpackLimits()
    limits.bytes = 100_000
    let small = try ImageStore(directory: fixture.path + "/small", limits: limits)
    let endless = AsyncStream<[UInt8]> { [UInt8](repeating: 0, count: 9000) }
    let error = await #expect(throws: ImageStoreError.self) { try await small.load(endless) }
    #expect(error == .invalid("the archive is larger than 100000 bytes"))
    #expect(await store.list().isEmpty)
    #expect(try fixture.listing(fixture.images + "/temp").isEmpty && fixture.listing(fixture.path + "/small/temp").isEmpty)
    #expect(try fixture.outsideState() == before && fixture.read("outside/secret") == "untouched")
  }

  @Test(.enabled(if: installed("skopeo") && installed("umoci"), "skopeo or umoci is not installed"))
  func skopeoAndUmociReadAndWrite() async throws {
    let fixture = try StoreFixture()
    let store = try await Self.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    let path = fixture.path
    try await Self.save(store, ["web"], as: .docker, to: path + "/docker.tar")
    try await Self.save(store, ["web:1"], as: .oci, to: path + "/oci.tar")
    try await store.save(["web:1"], as: .oci, directory: path + "/layout")
    let sources = ["a": "docker-archive:\(path)/docker.tar:web:2", "b": "oci-archive:\(path)/oci.tar:1", "c": "oci:\(path)/layout:1"]
    for (name, source) in sources {
      _ = try await run(["skopeo", "copy", source, "oci:\(path)/copy-\(name):x"]).expect()
      let second = try ImageStore(directory: path + "/second-" + name)
      let loaded = try #require(try await second.load(path: path + "/copy-" + name).images.first)
      // Docker's form is written anew in the specification's.
      if name != "a" { #expect(loaded.id == image.id, "\(source)") }
      expectNone(try await Self.layersDiffer(image, store, second))
    }
    // Umoci's own unpacking against ours, and its layer back.
    _ = try await run(["umoci", "unpack", "--image", "\(path)/layout:1", "\(path)/bundle"]).expect()
    expectNone(try await Self.difference(path + "/bundle/rootfs", image, store))
    let rootfs = try RootedDirectory(path: path + "/bundle/rootfs")
    try rootfs.makeLink("etc/e", to: "etc/a")
    try rootfs.remove("sh")
    try rootfs.removeAll("var")
    try rootfs.makeDirectory("var", mode: 0o711, owner: FileOwner(uid: 9, gid: 9))
    try rootfs.createFile("var/mine").writeAll("mine")
    // Umoci writes whole seconds.
    let time = FileTime(seconds: 1_690_000_000)
    try rootfs.open("var/mine", O_RDONLY).setTimes(accessed: time, modified: time)
    _ = try await run(["umoci", "repack", "--image", "\(path)/layout:2", "\(path)/bundle"]).expect()
    _ = try await run(["skopeo", "copy", "oci:\(path)/layout:2", "oci:\(path)/repacked:2"]).expect()
    let repacked = try #require(try await store.load(path: path + "/repacked").images.first)
    #expect(repacked.config.rootfs.diffIDs.count == 4)
    expectNone(try await Self.difference(path + "/bundle/rootfs", repacked, store))
  }

  @Test(.enabled(if: DockerEngine.isThere, "no Docker to compare with: install Debian's docker.io"))
  func dockerReadsAndWrites() async throws {
    let fixture = try StoreFixture()
    let store = try await Self.filled(fixture)
    let image = try #require(await store.resolve("web:1"))
    try await Self.save(store, ["web"], as: .docker, to: fixture.path + "/ours.tar")
    try await DockerEngine.with { docker in
      let loaded = try await docker.docker(["load", "-i", fixture.path + "/ours.tar"]).expect().output
      #expect(loaded.contains("Loaded image: web:1") && loaded.contains("Loaded image: web:2"))
      #expect(try await docker.docker(["image", "inspect", "-f", "{{.Id}}", "web:2"]).expect().output == "\(image.id)\n")
      _ = try await docker.docker(["create", "--name", "box", "web:1", "/x"]).expect()
      _ = try await docker.docker(["export", "-o", fixture.path + "/flat.tar", "box"]).expect()
      _ = try await docker.docker(["save", "-o", fixture.path + "/theirs.tar", "web:1", "web:2"]).expect()
    }
    let second = try ImageStore(directory: fixture.path + "/second")
    let loaded = try await second.load(path: fixture.path + "/theirs.tar")
    #expect(loaded.images.map(\.id) == [image.id] && loaded.images.first?.references == ["web:1", "web:2"])
    expectNone(try await Self.layersDiffer(image, store, second))
    // What Docker makes of it, file by file.
    let flat = try await second.importImage(path: fixture.path + "/flat.tar", reference: try ImageReference("flat"))
    let own: Set<String> = [".dockerenv", "dev", "proc", "sys"]
    let view = try fixture.view(image, store)
    let theirs = try RootedDirectory(path: second.layersDirectory + "/" + flat.layers[0])
    for name in ["etc/a", "etc/c", "etc/d", "big", "big2", "made", "ping", "var/new"] {
      #expect(try view.read(name, limit: 1 << 20) == theirs.read(name, limit: 1 << 20), "\(name)")
      let (one, two) = (try view.status(name), try theirs.status(name))
      #expect(one.permissions == two.permissions && one.uid == two.uid && one.modified.seconds == two.modified.seconds, "\(name)")
    }
    #expect(try theirs.open("ping", O_RDONLY).attribute("security.capability") == Self.capability)
    let names = try theirs.open(".", O_RDONLY | O_DIRECTORY).entries().map(\.text).filter { !own.contains($0) }
    #expect(Set(names) == Set(try view.open(".", O_RDONLY | O_DIRECTORY).entries().map(\.text)))
  }
}

func expectNone(_ difference: String?, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(difference == nil, "\(difference ?? "")", sourceLocation: sourceLocation)
}
