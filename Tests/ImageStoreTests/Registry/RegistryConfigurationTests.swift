import NIOSSL
import OCI
import Testing

@testable import ImageStore

/// `registries.json` and `certs.d`, as they are written by hand.
@Suite struct RegistryConfigurationTests {
  private func read(_ text: String) throws -> RegistryConfiguration {
    let fixture = try StoreFixture()
    return try withExtendedLifetime(fixture) {
      try RegistryConfiguration(file: try fixture.write("registries.json", Array(text.utf8)))
    }
  }

  @Test func whatIsMissingSaysNothing() throws {
    let configuration = try RegistryConfiguration(file: "/nowhere/registries.json")
    #expect(configuration.mirrors.isEmpty && configuration.certificates == ["/nowhere/certs.d", "/etc/docker/certs.d"])
    #expect(try configuration.endpoints(of: "docker.io", forPush: false).map(\.host) == ["registry-1.docker.io"])
  }

  @Test(arguments: [
    ("https://mirror.example", "https://mirror.example:443", ""), ("https://Mirror.Example/", "https://mirror.example:443", ""),
    ("https://mirror.example:443", "https://mirror.example:443", ""), ("http://10.0.0.1:5000", "http://10.0.0.1:5000", ""),
    ("https://mirror.example/hub/", "https://mirror.example:443", "/hub"), ("https://[fd00::1]:5000/a/b", "https://fd00::1:5000", "/a/b"),
  ])
  func mirrors(written: String, place: String, prefix: String) throws {
    let configuration = try read(#"{"registry-mirrors": ["\#(written)"]}"#)
    let endpoints = try configuration.endpoints(of: "docker.io", forPush: false)
    #expect(endpoints.map(\.isMirror) == [true, false])
    #expect("\(endpoints[0].scheme?.rawValue ?? "")://\(endpoints[0].host):\(endpoints[0].port)" == place && endpoints[0].prefix == prefix)
    // For other registries and for pushes there are none.
    #expect(try configuration.endpoints(of: "docker.io", forPush: true).map(\.isMirror) == [false])
    #expect(try configuration.endpoints(of: "quay.example", forPush: false).map(\.isMirror) == [false])
  }

  @Test(arguments: [
    "mirror.example", "mirror.example:5000", "ftp://mirror.example", "https://", "https://u:p@mirror.example", "https://mirror.example?x=1",
    "https://mirror.example/#x", "https://mirror example", "https://mirror.example:99999", "file:///etc/passwd", "",
  ])
  func whatIsNoMirrorIsRefused(_ written: String) {
    let error = #expect(throws: RegistryError.self) { try read(#"{"registry-mirrors": ["\#(written)"]}"#) }
    #expect(error?.message.contains("the mirror \"\(written)\" is not an address") == true)
  }

  @Test(arguments: [
    ("reg.example", "reg.example", true), ("reg.example", "reg.example:5000", true), ("reg.example:5000", "reg.example:5000", true),
    ("reg.example:5000", "reg.example", false), ("reg.example:443", "reg.example", true), ("REG.example", "reg.example", true),
    ("http://reg.example:5000", "reg.example:5000", true), ("10.0.0.0/8", "10.1.2.3:5000", true), ("10.0.0.0/8", "11.1.2.3", false),
    ("fd00::/8", "[fd12::1]:5000", true), ("fd00::/8", "[fe12::1]:5000", false), ("0.0.0.0/0", "[fd00::1]", false),
    ("::1", "[::1]:5", true),
    ("10.0.0.0/8", "ten.example", false),
  ])
  func insecureRegistries(written: String, registry: String, isInsecure: Bool) throws {
    let configuration = try read(#"{"insecure-registries": ["\#(written)"]}"#)
    let endpoint = try #require(try configuration.endpoints(of: registry, forPush: false).first)
    #expect((endpoint.scheme == nil) == (isInsecure || HostPlace.of(endpoint.host) == .loopback))
    // Its certificate is not checked exactly where plain HTTP would do.
    let tls = try configuration.tls(Origin(scheme: .https, host: endpoint.host, port: endpoint.port))
    #expect((tls.certificateVerification == .none) == (endpoint.scheme == nil))
  }

  @Test(arguments: ["10.0.0.0/33", "fd00::/129", "ftp://x", "a b", "x/y", "", "x:99999"]) func whatIsNeitherHostNorNetworkIsRefused(
    _ written: String
  ) {
    let error = #expect(throws: RegistryError.self) { try read(#"{"insecure-registries": ["\#(written)"]}"#) }
    #expect(error?.message.contains("neither a host nor a network") == true)
  }

  /// By either name of the same place; a loopback address that has certificates is checked as any other.
  @Test func certificatesOfAPlaceWithItsPort() async throws {
    let fixture = try StoreFixture()
    let made = fixture.path + "/made"
    try await DockerRegistry.makeCertificate("x", at: made, key: made + ".key")
    var configuration = RegistryConfiguration()
    configuration.certificates = [fixture.path + "/none", fixture.path + "/certs"]
    try CopiedFile.copy(made, to: fixture.path + "/certs/reg.example:443/ca.crt")
    try CopiedFile.copy(made, to: fixture.path + "/certs/127.0.0.1/ca.crt")
    #expect(try configuration.tls(Origin(scheme: .https, host: "reg.example", port: 443)).additionalTrustRoots.count == 1)
    #expect(try configuration.tls(Origin(scheme: .https, host: "reg.example", port: 5000)).additionalTrustRoots.isEmpty)
    #expect(try configuration.endpoints(of: "127.0.0.1", forPush: false).map(\.scheme) == [.https])
    #expect(try configuration.endpoints(of: "127.0.0.1:443", forPush: false).map(\.scheme) == [.https])
    #expect(try configuration.endpoints(of: "127.0.0.1:5000", forPush: false).map(\.scheme) == [nil])
    withExtendedLifetime(fixture) {}
  }
}
