import Glibc
import OCI
import TestSupport
import Testing

@testable import ImageStore

/// `certs.d/HOST:PORT/client.cert` and `client.key`, shown to a registry that wants to see one.
@Suite(.enabled(if: installed("docker-registry"), "docker-registry is not installed"), .timeLimit(.minutes(10)))
struct ClientCertificateTests {
  private let fixture: StoreFixture
  private let registry: DockerRegistry
  private let options: PullOptions
  private let name: ImageReference

  init() async throws {
    fixture = try StoreFixture()
    registry = try await DockerRegistry(wantsCertificate: true)
    var options = PullOptions(policy: .quick)
    options.configuration.certificates = [registry.certificates]
    self.options = options
    name = try ImageReference("\(registry.name)/library/web:1")
  }

  /// `certs.d` with some of the files that the registry's has.
  private func certificates(_ files: [String]) throws -> PullOptions {
    var options = options
    options.configuration.certificates = [fixture.path + "/certs"]
    for file in files {
      let place = registry.name + "/" + file
      try CopiedFile.copy(registry.certificates + "/" + place, to: fixture.path + "/certs/" + place)
    }
    return options
  }

  private func push() async throws -> PushedManifest {
    let store = try fixture.open()
    let saved = try fixture.write("saved.tar", SavedImageTests.dockerArchive([SavedImageTests.lower, SavedImageTests.upper]))
    _ = try await store.importImage(path: saved, reference: name)
    return try await store.push(name, options)
  }

  private func failure(_ options: PullOptions) async throws -> RegistryError? {
    let store = try ImageStore(directory: fixture.path + "/failing")
    let name = name
    return await #expect(throws: RegistryError.self) { try await store.pull(name, options) }
  }

  @Test func whoShowsItIsLetIn() async throws {
    let pushed = try await push()
    let second = try ImageStore(directory: fixture.path + "/second")
    #expect(try await second.pull(name, options).digest == pushed.digest)
    #expect(try await ImageStore.search(try SearchTerm("\(registry.name)/web"), limit: 5, options).map(\.name) == ["library/web"])
    await registry.end()
  }

  /// Whether the alert arrives or the connection is gone before: what is missing is named, with its place.
  @Test(arguments: 0..<5) func whoShowsNoneIsToldWhereItBelongs(_ time: Int) async throws {
    let error = try await failure(try certificates(["ca.crt"]))
    let place = "/etc/muster/certs.d/\(registry.name)/client.cert and its key at client.key beside it"
    #expect(error?.hint?.contains(place) == true, "\(String(describing: error))")
    #expect(error?.kind == .untrusted || error?.message.hasSuffix("broke the connection off") == true, "\(String(describing: error))")
    await registry.end()
  }

  @Test func aCertificateOfSomebodyElseIsNotAccepted() async throws {
    let options = try certificates(["ca.crt"])
    let other = fixture.path + "/certs/" + registry.name + "/client"
    try await DockerRegistry.makeCertificate("other", at: other + ".cert", key: other + ".key")
    let error = try await failure(options)
    #expect(
      error?.kind == .untrusted && error?.message.contains("does not accept the client's certificate") == true
        || error?.message.hasSuffix("broke the connection off") == true, "\(String(describing: error))")
    await registry.end()
  }

  @Test func halfOfAPairIsTold() async throws {
    var error = try await failure(try certificates(["ca.crt", "client.cert"]))
    #expect(error?.message.hasSuffix("/client.cert has no key beside it") == true && error?.hint?.contains("/client.key") == true)
    #expect(unlink(fixture.path + "/certs/\(registry.name)/client.cert") == 0)
    error = try await failure(try certificates(["client.key"]))
    #expect(error?.message.hasSuffix("/client.key has no certificate beside it") == true && error?.hint?.contains("/client.cert") == true)
    // What is no certificate at all is named.
    _ = try certificates(["client.cert"])
    try fixture.write("certs/\(registry.name)/client.key", Array("no key".utf8))
    error = try await failure(try certificates(["ca.crt"]))
    #expect(error?.message.contains("/client.key cannot be read") == true, "\(String(describing: error))")
    await registry.end()
  }

  @Test func ofSeveralPairsNoneIsChosenAtRandom() async throws {
    let options = try certificates(["ca.crt", "client.cert", "client.key"])
    for end in [".cert", ".key"] {
      let place = registry.name + "/client" + end
      try CopiedFile.copy(registry.certificates + "/" + place, to: fixture.path + "/certs/\(registry.name)/old" + end)
    }
    let error = try await failure(options)
    #expect(error?.message.contains("several certificates") == true && error?.kind == .invalid)
    await registry.end()
  }

  /// A mirror shows and is shown certificates of its own; one that cannot be used is told about, and Docker Hub is asked.
  @Test func aMirrorWithItsOwnCertificate() async throws {
    let pushed = try await push()
    let hub = try await MockRegistry()
    var mirrored = options
    mirrored.configuration.mirrors = ["https://\(registry.name)"]
    mirrored.configuration.hub = RegistryEndpoint(registry: "docker.io", host: "127.0.0.1", port: hub.port, scheme: .http)
    let web = try ImageReference("web:1")
    let second = try ImageStore(directory: fixture.path + "/second")
    let pulled = try await second.pull(web, mirrored)
    #expect(pulled.digest == pushed.digest && pulled.image.references == ["web:1"] && hub.asked.isEmpty)
    hub.put(image: "library/web", "1", [SavedImageTests.upper])
    mirrored.configuration.certificates = try certificates(["ca.crt"]).configuration.certificates
    let third = try ImageStore(directory: fixture.path + "/third")
    let fallen = try await third.pull(web, mirrored)
    #expect(fallen.digest != pushed.digest && !hub.asked.isEmpty)
    #expect(fallen.notes.count == 1 && fallen.notes[0].hasPrefix("the mirror \(registry.name) is no help: "), "\(fallen.notes)")
    await hub.close()
    await registry.end()
  }
}
