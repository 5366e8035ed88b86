import Glibc
import LinuxKit
import TestSupport

@testable import ImageStore

func installed(_ program: String) -> Bool {
  ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].contains { access($0 + program, X_OK) == 0 }
}

/// One `docker-registry serve`.
final class DockerRegistry: Sendable {
  let port: UInt16
  let directory: String
  let isSecure: Bool
  /// It lets only those in who show the certificate that is beside its own in ``certificates``.
  let wantsCertificate: Bool
  private let process: Child
  private let files: TemporaryDirectory
  var name: String { "127.0.0.1:\(port)" }
  /// `certs.d` with its own certificate.
  var certificates: String { directory + "/certs" }

  convenience init(isSecure: Bool = false, wantsCertificate: Bool = false) async throws {
    try await self.init(files: try TemporaryDirectory(), port: try freePort(), isSecure: isSecure, wantsCertificate: wantsCertificate)
  }

  private init(files: TemporaryDirectory, port: UInt16, isSecure: Bool, wantsCertificate: Bool) async throws {
    self.files = files
    self.port = port
    self.isSecure = isSecure
    self.wantsCertificate = wantsCertificate
    directory = files.path
    var configuration = """
      version: 0.1
      log: {level: warn, accesslog: {disabled: true}}
      storage: {filesystem: {rootdirectory: \(directory)/data}}
      http:
        addr: 127.0.0.1:\(port)

      """
    if isSecure || wantsCertificate {
      if access(directory + "/key", F_OK) != 0 {
        try await Self.makeCertificate("127.0.0.1", at: directory + "/certificate", key: directory + "/key")
        try CopiedFile.copy(directory + "/certificate", to: directory + "/certs/127.0.0.1:\(port)/ca.crt")
      }
      configuration += "  tls:\n    certificate: \(directory)/certificate\n    key: \(directory)/key\n"
    }
    if wantsCertificate {
      let client = directory + "/certs/127.0.0.1:\(port)/client"
      if access(client + ".key", F_OK) != 0 { try await Self.makeCertificate("client", at: client + ".cert", key: client + ".key") }
      configuration += "    clientcas: [\(client).cert]\n"
    }
    if isSecure {
      if access(directory + "/users", F_OK) != 0 {
        // bcrypt of "s3cret".
        let entry = try await run(["htpasswd", "-nbB", "me", "s3cret"]).expect().output
        try Descriptor.open(directory + "/users", O_CREAT | O_WRONLY, mode: 0o600).writeAll(entry)
      }
      configuration += "auth: {htpasswd: {realm: test, path: \(directory)/users}}\n"
    }
    try Descriptor.open(directory + "/config.yml", O_CREAT | O_TRUNC | O_WRONLY, mode: 0o600).writeAll(configuration)
    process = try Child(["docker-registry", "serve", directory + "/config.yml"], environment: plainEnvironment())
    while !isListening {
      guard process.soFar.status == -1 else { throw RegistryError(.unavailable, "docker-registry: \(process.soFar.errors)") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// A certificate that has signed itself.
  static func makeCertificate(_ name: String, at path: String, key: String) async throws {
    _ = try await run([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
      "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", path,
    ]).expect()
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
  func again() async throws -> DockerRegistry {
    try await DockerRegistry(files: files, port: port, isSecure: isSecure, wantsCertificate: wantsCertificate)
  }
}

enum CopiedFile {
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
