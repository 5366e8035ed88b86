import Backend
import SecretStore
import StackModel

/// The contents of a stack's secrets and configs, from wherever each comes.
struct GrantContents: Sendable {
  var row: StackRow
  var vault: SecretVault
  var seen: SecretsSeen
  /// What the stack's encrypted files hold, by path.
  private var decrypted: [String: Result<[UInt8], EngineError>] = [:]
  /// Larger ones are refused, as Swarm and Kubernetes do.
  static let limit = 1 << 20

  init(row: StackRow, vault: SecretVault, seen: SecretsSeen) {
    self.row = row
    self.vault = vault
    self.seen = seen
  }

  /// Decrypts the files of secrets that `age` or `sops` has encrypted. What fails is told when the secret is wanted.
  mutating func decryptFiles(identity: String) async {
    for source in row.stack.secrets.values {
      guard case .file(let path) = source.origin, decrypted[path] == nil, let file = EncryptedFile(path) else { continue }
      do throws(EngineError) {
        decrypted[path] = .success(try await file.decrypted(identity: identity))
      } catch {
        decrypted[path] = .failure(error)
      }
    }
  }

  func secret(_ name: SecretName) throws -> [UInt8] {
    guard let source = row.stack.secrets[name] else {
      throw EngineError(.notFound, "the stack has no secret \"\(name)\"")
    }
    return try read(source, key: "secrets.\(name)", kind: "secret", name: name.rawValue)
  }

  func config(_ name: ConfigName) throws -> [UInt8] {
    guard let source = row.stack.configs[name] else {
      throw EngineError(.notFound, "the stack has no config \"\(name)\"")
    }
    return try read(source, key: "configs.\(name)", kind: "config", name: name.rawValue)
  }

  /// The fingerprint of a content: of `secrets.KEY` or `configs.KEY` in this project.
  func fingerprint(_ content: [UInt8], _ key: String) throws -> String {
    try vault.fingerprint(content, name: "\(row.stack.name)/\(key)")
  }

  private func read(_ source: FileSource, key: String, kind: String, name: String) throws -> [UInt8] {
    let content = try readUnseen(source, key: key, kind: kind, name: name)
    if kind == "secret" { seen.add(content) }
    return content
  }

  private func readUnseen(_ source: FileSource, key: String, kind: String, name: String) throws -> [UInt8] {
    switch source.origin {
    case .content(let text): return Array(text.utf8)
    case .stored(let stored):
      do {
        return try Engine.stored { try vault.store.value(of: stored) }
      } catch var error as EngineError {
        if error.code == .notFound {
          error.message = "\(kind) \"\(name)\": " + error.message
        }
        throw error
      }
    case .environment(let variable):
      guard let sealed = row.sealedValues[key] else {
        throw EngineError(
          .notFound, "\(kind) \"\(name)\": the variable \(variable) is not set in the environment of the command",
          hint: "export \(variable) and run the command again")
      }
      return try vault.open(sealed, name: "\(row.stack.name)/\(key)")
    case .file(let path):
      if kind == "secret", let content = decrypted[path] {
        do {
          return try content.get()
        } catch var error {
          error.message = "secret \"\(name)\": " + error.message
          throw error
        }
      }
      do {
        return try RegularFile.read(path, limit: Self.limit)
      } catch {
        let problem =
          switch error {
          case .missing: "does not exist"
          case .notRegular: "is not a regular file"
          case .tooLarge: "is larger than 1 MiB"
          case .unreadable(let number): "cannot be read (error \(number))"
          }
        throw EngineError(
          .notFound, "\(kind) \"\(name)\": the file \(path) \(problem)", hint: "make the file, or correct `file:` in the stack file")
      }
    }
  }
}

extension LocalBackend {
  /// The contents of a project's secrets and configs, as its stack was last brought up.
  func contents(of project: ProjectName) async -> GrantContents {
    await contents(await catalog.stack(project) ?? StackRow(stack: Stack(name: project), sealedValues: [:]))
  }

  /// The contents of a stack's secrets and configs; what is encrypted is decrypted.
  func contents(_ row: StackRow) async -> GrantContents {
    var contents = GrantContents(row: row, vault: vault, seen: secretsSeen)
    await contents.decryptFiles(identity: location.ageIdentity)
    return contents
  }
}
