import Glibc
import LinuxKit
import NIOSSL

/// How registries are reached: `registries.json` with the key names of Docker's `daemon.json`, and beside it `certs.d/HOST[:PORT]` with the
/// certificates of each (`*.crt`: authorities; `*.cert` with `*.key`: a client's own).
public struct RegistryConfiguration: Sendable, Equatable {
  /// `registry-mirrors`: asked before Docker Hub, in order. Nobody's credentials go there.
  public var mirrors: [String] = []
  /// `insecure-registries`: `HOST[:PORT]` or a network of addresses, whose certificates are not checked and which may speak plain HTTP.
  public var insecure: [String] = []
  /// `token-hosts`: registry → further hosts that its users' passwords may be sent to for a token.
  public var tokenHosts: [String: [String]] = [:]
  /// Where `HOST[:PORT]/` are looked for, in order.
  public var certificates: [String] = []

  public init() {}

  /// Reads the file; one that is missing says nothing.
  public init(file: String) throws {
    let directory = file.split(separator: "/").dropLast().joined(separator: "/")
    certificates = ["/" + directory + "/certs.d", "/etc/docker/certs.d"]
    let bytes: [UInt8]
    do { bytes = try readFile(file, limit: 1 << 20) } catch {
      if error.errno == ENOENT || error.errno == ENOTDIR { return }
      throw RegistryError(.invalid, "\(file) cannot be read: \(error.reason)")
    }
    let written: Written
    do { written = try JSON.decode(Written.self, from: bytes) } catch {
      throw RegistryError(
        .invalid, "\(file) cannot be understood: \(error)",
        hint: #"it is JSON: {"registry-mirrors": ["https://HOST"], "insecure-registries": ["HOST:PORT"]}"#)
    }
    mirrors = written.mirrors ?? []
    insecure = written.insecure ?? []
    tokenHosts = written.tokenHosts ?? [:]
    for mirror in mirrors {
      guard let url = try? RegistryURL(mirror), url.text.hasSuffix(url.origin.authority) || url.text.hasSuffix(url.origin.authority + "/")
      else {
        throw RegistryError(
          .invalid, "\(file): the mirror \"\(shown(mirror))\" is not an address", hint: "write it as https://HOST[:PORT]")
      }
    }
  }

  private struct Written: Decodable {
    var mirrors: [String]?
    var insecure: [String]?
    var tokenHosts: [String: [String]]?
    enum CodingKeys: String, CodingKey {
      case mirrors = "registry-mirrors"
      case insecure = "insecure-registries"
      case tokenHosts = "token-hosts"
    }
  }

  /// Docker Hub's tokens come from another host than its images, as do GitLab's.
  static let knownTokenHosts = ["docker.io": ["auth.docker.io"], "registry.gitlab.com": ["gitlab.com"]]

  /// Where the API of a registry is asked, in order.
  func endpoints(of registry: String, forPush: Bool) throws -> [RegistryEndpoint] {
    guard registry == "docker.io" else { return [try endpoint(registry, registry: registry)] }
    var found: [RegistryEndpoint] = []
    if !forPush {
      for mirror in mirrors {
        let origin = try RegistryURL(mirror).origin
        found.append(
          RegistryEndpoint(registry: registry, host: origin.host, port: origin.port, scheme: origin.scheme, isMirror: true))
      }
    }
    return found + [RegistryEndpoint(registry: registry, host: "registry-1.docker.io", port: 443, scheme: .https)]
  }

  private func endpoint(_ authority: String, registry: String) throws -> RegistryEndpoint {
    let origin = try RegistryURL("https://" + authority + "/").origin
    guard isInsecure(host: origin.host, authority: authority) else {
      return RegistryEndpoint(registry: registry, host: origin.host, port: origin.port, scheme: .https)
    }
    let hasPort = authority.split(separator: "]").last?.contains(":") == true && !authority.hasSuffix("]")
    return RegistryEndpoint(
      registry: registry, host: origin.host, port: origin.port, scheme: nil, plainPort: hasPort ? origin.port : 80)
  }

  /// Certificates are not checked, and plain HTTP will do. A loopback address is so, unless somebody put certificates there for it.
  func isInsecure(host: String, authority: String) -> Bool {
    if insecure.contains(where: { $0.lowercased() == authority.lowercased() || $0.lowercased() == host }) { return true }
    if insecure.contains(where: { Network($0)?.contains(host) == true }) { return true }
    return HostPlace.of(host) == .loopback && certificateFiles(authority).isEmpty
  }

  /// What TLS with a host asks of it and shows it.
  func tls(_ origin: Origin) throws -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    let files = certificateFiles(origin.authority)
    for file in files where file.hasSuffix(".crt") {
      tls.additionalTrustRoots.append(.certificates(try reading(file) { try NIOSSLCertificate.fromPEMFile(file) }))
    }
    for file in files where file.hasSuffix(".cert") {
      let key = file.dropLast(5) + ".key"
      guard files.contains(String(key)) else {
        throw RegistryError(.invalid, "\(file) has no key beside it", hint: "put it at \(key)")
      }
      tls.certificateChain = try reading(file) { try NIOSSLCertificate.fromPEMFile(file) }.map { .certificate($0) }
      tls.privateKey = .privateKey(try reading(String(key)) { try NIOSSLPrivateKey(file: String(key), format: .pem) })
    }
    if isInsecure(host: origin.host, authority: origin.authority) { tls.certificateVerification = .none }
    return tls
  }

  private func reading<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch {
      throw RegistryError(.invalid, "the certificate or key \(file) cannot be read", hint: "it must be PEM, readable by root")
    }
  }

  /// The files of the first directory that there is for a host, sorted.
  private func certificateFiles(_ authority: String) -> [String] {
    for directory in certificates {
      let path = directory + "/" + authority
      guard let opened = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY), let entries = try? opened.entries() else { continue }
      let names = entries.map(\.text).filter { $0.hasSuffix(".crt") || $0.hasSuffix(".cert") || $0.hasSuffix(".key") }
      if !names.isEmpty { return names.sorted().map { path + "/" + $0 } }
    }
    return []
  }

  /// `10.0.0.0/8`.
  private struct Network {
    let bits: UInt32
    let mask: UInt32
    init?(_ text: String) {
      let parts = text.split(separator: "/")
      guard parts.count == 2, let length = UInt32(parts[1]), length <= 32, let address = Self.bits(String(parts[0])) else { return nil }
      mask = length == 0 ? 0 : ~UInt32(0) << (32 - length)
      bits = address & mask
    }
    func contains(_ host: String) -> Bool { Self.bits(host).map { $0 & mask == bits } ?? false }
    private static func bits(_ text: String) -> UInt32? { HostPlace.ipv4(text)?.reduce(0) { $0 << 8 | UInt32($1) } }
  }
}

/// One place where a registry's API may be.
struct RegistryEndpoint: Sendable, Hashable {
  /// As it stands in image names: `docker.io`, `127.0.0.1:5000`. Credentials are found by it.
  var registry: String
  var host: String
  var port: Int
  /// nil: an insecure registry, which is asked what it speaks.
  var scheme: Origin.Scheme?
  /// For plain HTTP.
  var plainPort = 80
  var isMirror = false

  /// For messages: what people know the registry by.
  var name: String {
    if isMirror { return "the mirror \(Origin(scheme: scheme ?? .https, host: host, port: port).authority)" }
    return registry == "docker.io" ? "Docker Hub" : "the registry \(registry)"
  }
}
