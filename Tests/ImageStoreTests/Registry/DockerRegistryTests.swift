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

func installed(_ program: String) -> Bool {
  ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].contains { access($0 + program, X_OK) == 0 }
}

/// One `docker-registry serve`.
final class DockerRegistry: Sendable {
  let port: UInt16
  let directory: String
  let isSecure: Bool
  private let process: Child
  private let files: TemporaryDirectory
  var name: String { "127.0.0.1:\(port)" }
  /// `certs.d` with its own certificate.
  var certificates: String { directory + "/certs" }

  convenience init(isSecure: Bool = false) async throws {
    try await self.init(files: try TemporaryDirectory(), port: try freePort(), isSecure: isSecure)
  }

  private init(files: TemporaryDirectory, port: UInt16, isSecure: Bool) async throws {
    self.files = files
    self.port = port
    self.isSecure = isSecure
    directory = files.path
    var configuration = """
      version: 0.1
      log: {level: warn, accesslog: {disabled: true}}
      storage: {filesystem: {rootdirectory: \(directory)/data}}
      http:
        addr: 127.0.0.1:\(port)

      """
    if isSecure {
      if access(directory + "/key", F_OK) != 0 {
        _ = try await run([
          "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
          "subjectAltName=IP:127.0.0.1", "-keyout", directory + "/key", "-out", directory + "/certificate",
        ]).expect()
        try CopiedFile.copy(directory + "/certificate", to: directory + "/certs/127.0.0.1:\(port)/ca.crt")
        // bcrypt of "s3cret".
        let entry = try await run(["htpasswd", "-nbB", "me", "s3cret"]).expect().output
        try Descriptor.open(directory + "/users", O_CREAT | O_WRONLY, mode: 0o600).writeAll(entry)
      }
      configuration += "  tls: {certificate: \(directory)/certificate, key: \(directory)/key}\n"
      configuration += "auth: {htpasswd: {realm: test, path: \(directory)/users}}\n"
    }
    try Descriptor.open(directory + "/config.yml", O_CREAT | O_TRUNC | O_WRONLY, mode: 0o600).writeAll(configuration)
    process = try Child(["docker-registry", "serve", directory + "/config.yml"], environment: plainEnvironment())
    while !isListening {
      guard process.soFar.status == -1 else { throw RegistryError(.unavailable, "docker-registry: \(process.soFar.errors)") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private var isListening: Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    } == 0
  }

  /// Kills it.
  func end() async {
    process.signal(SIGKILL)
    _ = await process.end()
  }

  /// Another on the same port with the same contents.
  func again() async throws -> DockerRegistry { try await DockerRegistry(files: files, port: port, isSecure: isSecure) }
}

private enum CopiedFile {
  /// Copies a file; the directories above it are made.
  static func copy(_ from: String, to: String) throws {
    var path = ""
    for part in to.split(separator: "/").dropLast() {
      path += "/" + part
      mkdir(path, 0o755)
    }
    try Descriptor.open(to, O_CREAT | O_TRUNC | O_WRONLY, mode: 0o644)
      .writeAll(try Descriptor.open(from, O_RDONLY).readAll(limit: 1 << 20))
  }
}
