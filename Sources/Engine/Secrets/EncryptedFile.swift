import Backend
import Glibc
import ImageStore
import LinuxKit

/// A secret's file that `age(1)` or `sops(1)` has encrypted, which is told by what is in it.
struct EncryptedFile: Sendable {
  enum Kind: String, Sendable { case age, sops }
  let kind: Kind
  let path: String

  /// nil: an ordinary file, or none; reading it will tell.
  init?(_ path: String) {
    guard let bytes = try? RegularFile.read(path, limit: GrantContents.limit * 2), let kind = Self.kind(bytes) else { return nil }
    self.kind = kind
    self.path = path
  }

  /// age's header (`age-encryption.org/v1`), also as PEM; sops' metadata with a MAC in JSON, YAML, ini or dotenv.
  static func kind(_ bytes: [UInt8]) -> Kind? {
    if bytes.starts(with: Array("age-encryption.org/v1\n".utf8)) || bytes.starts(with: Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8)) {
      return .age
    }
    // A value in clear is not copied into texts.
    func contains(_ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }
    guard contains("ENC[AES256_GCM,"), contains("mac") else { return nil }
    let isMarked = ["\"sops\"", "\nsops:", "\n[sops]", "\nsops_mac="].contains(where: contains) || bytes.starts(with: Array("sops:".utf8))
    return isMarked ? .sops : nil
  }

  /// Decrypts with the tool, whose plaintext comes through a pipe and is nowhere else.
  ///
  /// - Parameter identity: The file with age's identities.
  func decrypted(identity: String) async throws(EngineError) -> [UInt8] {
    guard let program = Self.program(kind.rawValue) else {
      throw EngineError(
        .unavailable, "the file \(path) is encrypted with \(kind.rawValue), and this machine has no program \"\(kind.rawValue)\"",
        hint: "install \(kind.rawValue), or keep the value in Muster's store: muster secret create")
    }
    let hasIdentity = try Self.check(identity)
    if kind == .age, !hasIdentity {
      throw EngineError(
        .unavailable, "the file \(path) is encrypted with age, and there is no identity in \(identity)",
        hint: "put it there, readable by root alone, or say where it is: MUSTER_AGE_IDENTITY=FILE for the engine")
    }
    var environment = Self.environment()
    let arguments: [String]
    switch kind {
    case .age: arguments = [program, "--decrypt", "--identity", identity]
    // It knows by the file's name how its content is written.
    case .sops:
      arguments = [program, "--decrypt", path]
      if hasIdentity, environment["SOPS_AGE_KEY_FILE"] == nil { environment["SOPS_AGE_KEY_FILE"] = identity }
    }
    let ended: ProgramOutput
    do {
      ended = try await onThread { [path, kind, environment] _ in
        let input = try Descriptor.open(kind == .age ? path : "/dev/null", O_RDONLY | O_NONBLOCK)
        return try ProgramOutput.of(arguments, environment: environment, input: input, limit: GrantContents.limit, seconds: 30)
      }
    } catch {
      let reason =
        switch (error as? KernelError)?.errno {
        case ETIMEDOUT: "\(program) did not end within 30 seconds"
        case EFBIG: "the content is larger than 1 MiB"
        default: "\(error)"
        }
      throw EngineError(.unavailable, "the file \(path) could not be decrypted: \(reason)")
    }
    guard ended.code == 0 else {
      let said = String(decoding: ended.errors, as: UTF8.self).split(separator: "\n").prefix(3).joined(separator: "; ")
      throw EngineError(
        .unavailable, "the file \(path) could not be decrypted: \(said.isEmpty ? "\(program) ended with \(ended.code)" : said)",
        hint: "the identities are in \(identity)")
    }
    return ended.output
  }

  /// Whether there is a file of identities. One that others can read is refused.
  private static func check(_ identity: String) throws(EngineError) -> Bool {
    var status = stat()
    guard stat(identity, &status) == 0 else { return false }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0, status.st_uid == geteuid() else {
      throw EngineError(
        .unavailable, "the identities in \(identity) can be read by others", hint: "chown root \(identity) && chmod 600 \(identity)")
    }
    return true
  }

  private static func program(_ name: String) -> String? {
    let path = environment()["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { $0.hasPrefix("/") && access($0, X_OK) == 0 }
  }

  /// What the tools read of the engine's environment: where they are, and how sops reaches its keys.
  private static func environment() -> [String: String] {
    var found: [String: String] = [:]
    let wanted = ["PATH", "HOME", "LANG", "GNUPGHOME", "SOPS_AGE_KEY_FILE", "AWS_PROFILE", "AWS_REGION", "GOOGLE_APPLICATION_CREDENTIALS"]
    for name in wanted { found[name] = getenv(name).map { String(cString: $0) } }
    return found
  }
}
