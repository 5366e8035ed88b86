import Diagnostics
import FoundationEssentials
import Glibc
import LinuxKit
import OCI

/// A program that keeps credentials (`docker-credential-NAME`), run as the person who runs the command.
struct CredentialHelper: Sendable {
  let name: String
  let environment: [String: String]

  struct Kept: Codable {
    var ServerURL: String?
    var Username: String
    var Secret: String
  }

  /// nil: it has none for that server.
  func get(_ server: String) throws -> RegistryCredential? {
    let ran = try run("get", Array(server.utf8))
    guard ran.code == 0 else {
      if said(ran).contains("credentials not found") { return nil }
      throw failure("says: \(said(ran))")
    }
    guard let kept = try? JSONDecoder().decode(Kept.self, from: Data(ran.output)) else {
      throw failure("answers something that is no credential")
    }
    if kept.Username == "<token>" { return RegistryCredential(username: "", password: "", identityToken: kept.Secret) }
    return kept.Username.isEmpty ? nil : RegistryCredential(username: kept.Username, password: kept.Secret)
  }

  func store(_ server: String, _ credential: RegistryCredential) throws {
    let kept = Kept(
      ServerURL: server, Username: credential.identityToken == nil ? credential.username : "<token>",
      Secret: credential.identityToken ?? credential.password)
    let ran = try run("store", Array(try JSONEncoder().encode(kept)))
    guard ran.code == 0 else { throw failure("says: \(said(ran))") }
  }

  func erase(_ server: String) throws {
    let ran = try run("erase", Array(server.utf8))
    guard ran.code == 0 || said(ran).contains("credentials not found") else { throw failure("says: \(said(ran))") }
  }

  private func run(_ verb: String, _ input: [UInt8]) throws -> ProgramOutput {
    guard !name.isEmpty,
      name.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || (48...57).contains($0) || ($0 | 32) >= 97 && ($0 | 32) <= 122 })
    else { throw Exit(1, "\"\(visible(name))\" is not the name of a credential helper") }
    let program = "docker-credential-" + name
    let places = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
    guard let path = places.first(where: { $0.hasPrefix("/") && access($0, X_OK) == 0 }) else {
      throw Exit(1, "the credential helper \(program) is not in the PATH")
    }
    do {
      // More than a pipe holds would wait for a reader that is not there yet.
      guard input.count < 60_000 else { throw failure("would have to keep \(input.count) bytes") }
      return try ProgramOutput.of([path, verb], environment: environment, input: try pipe(input).descriptor, limit: 1 << 20, seconds: 60)
    } catch let error as KernelError {
      throw failure(error.errno == ETIMEDOUT ? "does not answer" : "cannot be run: \(error.reason)")
    }
  }

  /// A pipe that gives these bytes and then ends.
  private func pipe(_ bytes: [UInt8]) throws -> SharedDescriptor {
    let ends = try DescriptorPair.pipe().shared()
    try ends.second.descriptor.writeAll(bytes)
    return ends.first
  }

  private func said(_ ran: ProgramOutput) -> String {
    // An answer to a question that failed is a message; one that succeeded would be a secret.
    let text = ran.output.isEmpty ? ran.errors : ran.output
    return visible(String(String(decoding: text.prefix(300), as: UTF8.self).split(separator: "\n").first ?? "nothing"))
  }

  private func failure(_ reason: String) -> Exit { Exit(1, "the credential helper docker-credential-\(visible(name)) \(reason)") }
}
