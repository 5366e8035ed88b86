import Glibc
import LinuxKit
import OCI
import TestSupport
import Testing

@testable import ImageStore

/// The registry that Docker made and Debian packages, on loopback, with skopeo as the other client.
@Suite(
  .enabled(if: installed("docker-registry") && installed("skopeo"), "docker-registry or skopeo is not installed"), .timeLimit(.minutes(10)))
struct DockerRegistryTests {
  static let reference = "shop/web"

  /// Saves an image with what is hard to keep: hard links, whiteouts, an opaque directory, owners, an attribute, a file capability.
  static func archive() -> [UInt8] {
    let lower = TarBuilder.make { tar in
      tar.directory("etc")
      tar.file("etc/a", "lower a")
      tar.file("etc/b", "lower b")
      tar.hardLink("etc/link", "etc/a")
      tar.directory("var")
      tar.file("var/old", "old")
      tar.entry("bin-ping", mode: 0o755, uid: 33, gid: 44, data: Array("ping".utf8))
      tar.entry("big", data: (0..<3_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) })
    }
    return SavedImageTests.dockerArchive([lower, SavedImageTests.upper], tags: #"["saved:1"]"#)
  }

  @Test func whatIsPushedIsWhatSkopeoReadsAndTheOtherWayRound() async throws {
    let registry = try await DockerRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let saved = try await store.importImage(path: try fixture.write("saved.tar", Self.archive()), reference: nil)
    let name = try ImageReference("\(registry.name)/\(Self.reference):1")
    try await store.tag("saved:1", as: name)
    let pushed = try await store.push(name)
    // Skopeo reads all of it and verifies every digest; what it writes has the same configuration.
    _ = try await run(["skopeo", "copy", "--src-tls-verify=false", "docker://\(name.canonical)", "dir:\(fixture.path)/read"]).expect()
    let manifest = try Descriptor.open(fixture.path + "/read/manifest.json", O_RDONLY).readAll(limit: 1 << 20)
    #expect(ContentHash.of(manifest) == pushed.digest)
    let config = try Descriptor.open(fixture.path + "/read/" + saved.id.hex, O_RDONLY).readAll(limit: 1 << 20)
    #expect(ContentHash.of(config) == saved.id)
    // Back: skopeo pushes the same archive in Docker's form; another store pulls it, and then pushes it on byte for byte.
    let other = "\(registry.name)/other/web:2"
    _ = try await run([
      "skopeo", "copy", "--dest-tls-verify=false", "docker-archive:\(fixture.path)/saved.tar", "docker://\(other)",
    ]).expect()
    let raw = try await run(["skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(other)"]).expect().output
    let second = try ImageStore(directory: fixture.path + "/second")
    let pulled = try await second.pull(try ImageReference(other))
    #expect(pulled.digest == ContentHash.of(Array(raw.utf8)) && pulled.image.id == saved.id)
    #expect(pulled.image.digests == ["\(registry.name)/other/web@\(pulled.digest)"])
    #expect(try fixture.listing(store.layersDirectory) == fixture.listing(second.layersDirectory))
    let third = try ImageReference("\(registry.name)/third:3")
    try await second.tag(other, as: third)
    let again = try await second.push(third)
    #expect(again.digest == pulled.digest)
    // By digest, in a third store.
    let pinned = try ImageReference("\(registry.name)/third@\(pulled.digest)")
    let last = try ImageStore(directory: fixture.path + "/last")
    let byDigest = try await last.pull(pinned)
    #expect(byDigest.image.id == saved.id)
    #expect(await last.resolve(pinned)?.id == saved.id)
    await registry.end()
  }

  @Test func aRegistryWithTLSAndPasswords() async throws {
    let registry = try await DockerRegistry(isSecure: true)
    let fixture = try StoreFixture()
    let store = try fixture.open()
    _ = try await store.importImage(path: try fixture.write("saved.tar", Self.archive()), reference: nil)
    let name = try ImageReference("\(registry.name)/\(Self.reference):1")
    try await store.tag("saved:1", as: name)
    var options = PullOptions()
    options.configuration.certificates = [registry.certificates]
    // Nobody, somebody else, and who it is.
    for credential in [nil, RegistryCredential(username: "me", password: "wrong")] {
      options.credentials = credential.map { [registry.name: $0] } ?? [:]
      let refused = options
      let error = await #expect(throws: RegistryError.self) { try await store.push(name, refused) }
      #expect(error?.kind == .denied)
    }
    options.credentials = [registry.name: RegistryCredential(username: "me", password: "s3cret")]
    try await ImageStore.checkLogin(registry.name, options)
    let pushed = try await store.push(name, options)
    let second = try ImageStore(directory: fixture.path + "/second")
    let pulled = try await second.pull(name, options)
    #expect(pulled.digest == pushed.digest)
    // With another authority than its own, nothing is said to it, and nothing falls back.
    var stranger = options
    let wrong = fixture.path + "/wrong"
    _ = try await run([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=wrong", "-keyout", wrong + ".key", "-out",
      wrong,
    ]).expect()
    try CopiedFile.copy(wrong, to: fixture.path + "/certs/\(registry.name)/ca.crt")
    stranger.configuration.certificates = [fixture.path + "/certs"]
    let mistaken = stranger
    let third = try ImageStore(directory: fixture.path + "/third")
    let error = await #expect(throws: RegistryError.self) { try await third.pull(name, mistaken) }
    #expect(error?.message.contains("no certificate that is trusted") == true, "\(String(describing: error))")
    await registry.end()
  }

  @Test func aRegistryThatIsKilledAndStartedAgain() async throws {
    var registry = try await DockerRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    _ = try await store.importImage(path: try fixture.write("saved.tar", Self.archive()), reference: nil)
    let name = try ImageReference("\(registry.name)/\(Self.reference):1")
    try await store.tag("saved:1", as: name)
    let pushed = try await store.push(name)
    let second = try ImageStore(directory: fixture.path + "/second")
    // The first byte that arrives ends the registry.
    let (arrived, tell) = AsyncStream<Void>.makeStream()
    var policy = RetryPolicy()
    policy.fruitlessTries = 1000
    policy.longestDelay = .milliseconds(50)
    let pull = Task { [policy] in
      try await second.pull(name, PullOptions(policy: policy)) { progress in
        if progress.state == .waiting { tell.yield() }
      }
    }
    for await _ in arrived { break }
    await registry.end()
    registry = try await registry.again()
    let pulled = try await pull.value
    #expect(pulled.digest == pushed.digest)
    await registry.end()
  }
}
