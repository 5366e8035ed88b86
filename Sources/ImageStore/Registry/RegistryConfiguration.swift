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
  /// Where Docker Hub's API is. No file says so; the tests have it on loopback.
  var hub = RegistryEndpoint(registry: "docker.io", host: "registry-1.docker.io", port: 443, scheme: .https)
  /// Where Docker Hub is searched.
  var index = RegistryEndpoint(registry: "docker.io", host: "index.docker.io", port: 443, scheme: .https)

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
      do { _ = try Self.endpoint(mirror: mirror) } catch {
        throw RegistryError(
          .invalid, "\(file): the mirror \"\(shown(mirror))\" is not an address", hint: "write it as https://HOST[:PORT][/PREFIX]")
      }
    }
    // As Docker takes it.
    insecure = insecure.map { name in ["http://", "https://"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) } ?? name
    }
    for name in insecure where AddressBlock(name) == nil && AddressBlock(name + "/128") == nil {
      guard (try? RegistryURL("https://\(name)/"))?.target != "/" else { continue }
      throw RegistryError(
        .invalid, "\(file): the insecure registry \"\(shown(name))\" is neither a host nor a network",
        hint: "write it as HOST, HOST:PORT or 10.0.0.0/8")
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
      for mirror in mirrors { found.append(try Self.endpoint(mirror: mirror)) }
    }
    return found + [hub]
  }

  /// The place that an entry of `registry-mirrors` names. What stands after its host comes before all that is asked for.
  private static func endpoint(mirror: String) throws(RegistryError) -> RegistryEndpoint {
    let url = try RegistryURL(mirror)
    guard !mirror.contains(where: { "?#".contains($0) }) else {
      throw RegistryError(.invalid, "the mirror \"\(shown(mirror))\" has a query or a fragment")
    }
    var prefix = url.path
    while prefix.last == "/" { prefix.removeLast() }
    return RegistryEndpoint(
      registry: "docker.io", host: url.origin.host, port: url.origin.port, scheme: url.origin.scheme, isMirror: true, prefix: String(prefix)
    )
  }

  private func endpoint(_ authority: String, registry: String) throws -> RegistryEndpoint {
    let origin = try RegistryURL("https://" + authority + "/").origin
    guard isInsecure(host: origin.host, authority: authority) else {
      return RegistryEndpoint(registry: registry, host: origin.host, port: origin.port, scheme: .https)
    }
    return RegistryEndpoint(
      registry: registry, host: origin.host, port: origin.port, scheme: nil, plainPort: Self.hasPort(authority) ? origin.port : 80)
  }

  private static func hasPort(_ authority: String) -> Bool {
    authority.split(separator: "]").last?.contains(":") == true && !authority.hasSuffix("]")
  }

  /// `HOST` and `HOST:443` are the same place, by whichever name it is listed.
  private static func names(of authority: String) -> [String] {
    if authority.hasSuffix(":443") { return [authority, String(authority.dropLast(4))] }
    return hasPort(authority) ? [authority] : [authority, authority + ":443"]
  }

  /// Certificates are not checked, and plain HTTP will do. A loopback address is so, unless somebody put certificates there for it.
  func isInsecure(host: String, authority: String) -> Bool {
    let names = Self.names(of: authority.lowercased()) + [host]
    if insecure.contains(where: { names.contains($0.lowercased()) }) { return true }
    if insecure.contains(where: { AddressBlock($0)?.contains(host) == true }) { return true }
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
    for file in files where file.hasSuffix(".key") && !files.contains(file.dropLast(4) + ".cert") {
      throw RegistryError(.invalid, "\(file) has no certificate beside it", hint: "put it at \(file.dropLast(4)).cert")
    }
    let own = files.filter { $0.hasSuffix(".cert") }
    for file in own {
      let key = file.dropLast(5) + ".key"
      guard files.contains(String(key)) else {
        throw RegistryError(
          .invalid, "\(file) has no key beside it", hint: "put it at \(key); the certificate of an authority is called .crt")
      }
      guard own.count == 1 else {
        throw RegistryError(
          .invalid, "there are several certificates to show to \(origin.authority): \(own.joined(separator: ", "))", hint: "leave one")
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
    for path in certificates.flatMap({ directory in Self.names(of: authority).map { directory + "/" + $0 } }) {
      guard let opened = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY), let entries = try? opened.entries() else { continue }
      let names = entries.map(\.text).filter { $0.hasSuffix(".crt") || $0.hasSuffix(".cert") || $0.hasSuffix(".key") }
      if !names.isEmpty { return names.sorted().map { path + "/" + $0 } }
    }
    return []
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
  /// What stands before `/v2/` in every address: `/docker-hub`.
  var prefix = ""

  /// For messages: what people know the registry by.
  var name: String {
    if isMirror { return "the mirror \(Origin(scheme: scheme ?? .https, host: host, port: port).authority)\(prefix)" }
    return registry == "docker.io" ? "Docker Hub" : "the registry \(registry)"
  }
}
