import Backend
import Diagnostics
import FoundationEssentials
import Glibc
import LinuxKit
import OCI

/// Docker's `config.json` of the person who runs the command: who they are to which registry.
struct DockerConfiguration: Sendable {
  struct Entry: Sendable, Codable, Equatable {
    /// `user:password` in base64.
    var auth: String?
    var username: String?
    var password: String?
    var identitytoken: String?
    var registrytoken: String?
  }

  private struct Written: Codable {
    var auths: [String: Entry]?
    var credsStore: String?
    var credHelpers: [String: String]?
  }

  /// `~/.docker/config.json`, or in `$DOCKER_CONFIG`.
  let path: String
  private let environment: [String: String]
  private let written: Written

  /// Reads it; one that is missing says nothing.
  init(environment: [String: String]) throws {
    self.environment = environment
    path = Self.path(environment)
    let bytes: [UInt8]
    do throws(KernelError) { bytes = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY).readAll(limit: 4 << 20) } catch {
      guard error.errno == ENOENT || error.errno == ENOTDIR else { throw Exit(1, "\(visible(path)) cannot be read: \(error.reason)") }
      written = Written()
      return
    }
    do { written = try JSONDecoder().decode(Written.self, from: Data(bytes)) } catch {
      // The text of the error may have a part of a password in it.
      throw Exit(1, "\(visible(path)) is no configuration of Docker's\n  hint: it is JSON: {\"auths\": {\"HOST\": {\"auth\": \"…\"}}}")
    }
  }

  private static func path(_ environment: [String: String]) -> String {
    if let directory = environment["DOCKER_CONFIG"], !directory.isEmpty { return directory + "/config.json" }
    return (environment["HOME"] ?? "/root") + "/.docker/config.json"
  }

  /// The registries that it knows somebody for, as they stand in image names.
  var registries: [String] {
    Set((written.auths ?? [:]).keys.map(Self.registry) + (written.credHelpers ?? [:]).keys.map(Self.registry)).sorted()
  }

  /// The credential for a registry, exactly of its host and port; nil: none. `warn`: a helper that fails is told about, and nobody is asked instead.
  func credential(for registry: String, warn: (String) -> Void) -> RegistryCredential? {
    if let helper = helper(for: registry) {
      do { return try helper.get(Self.server(registry)) } catch {
        warn("\(error); going on without a credential for \(visible(registry))")
        return nil
      }
    }
    let entries = written.auths ?? [:]
    let found = entries[Self.server(registry)] ?? entries.sorted { $0.key < $1.key }.first { Self.registry($0.key) == registry }?.value
    return found.flatMap(Self.credential)
  }

  /// The program that keeps the credential of a registry; nil: the file itself does.
  func helper(for registry: String) -> CredentialHelper? {
    let helpers = written.credHelpers ?? [:]
    let chosen = helpers[Self.server(registry)] ?? helpers[registry] ?? written.credsStore
    guard let name = chosen, !name.isEmpty else { return nil }
    return CredentialHelper(name: name, environment: environment)
  }

  private static func credential(_ entry: Entry) -> RegistryCredential? {
    var user = entry.username ?? ""
    var password = entry.password ?? ""
    if let auth = entry.auth, let bytes = Data(base64Encoded: auth) {
      let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { (user, password) = (String(parts[0]), String(parts[1].prefix { $0 != "\0" })) }
    }
    func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    let credential = RegistryCredential(
      username: user, password: password, identityToken: given(entry.identitytoken), registryToken: given(entry.registrytoken))
    return user.isEmpty && credential.identityToken == nil && credential.registryToken == nil ? nil : credential
  }

  /// Docker's key for a registry.
  static func server(_ registry: String) -> String { registry == "docker.io" ? "https://index.docker.io/v1/" : registry }

  /// The registry of a key: `https://registry.example.com/v2/` is `registry.example.com`.
  static func registry(_ key: String) -> String {
    var rest = Substring(key)
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
    let host = String(rest.prefix { $0 != "/" })
    return ["index.docker.io", "registry-1.docker.io"].contains(host) ? "docker.io" : host
  }
}
